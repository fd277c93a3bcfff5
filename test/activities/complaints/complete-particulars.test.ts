/** What came incomplete is filled in later: what counts, what stays as it was received, and from when on it holds. */
import { followComplaint } from '../../../activities/complaints/follow-complaint';
import { draftProposal } from '../../../activities/complaints/investigation';
import { inTransaction } from '../../../activities/database/transaction';
import { recuse } from '../../../activities/intake/complaints/act-of-people';
import {
  completeParticulars,
  type CompletedParticulars,
} from '../../../activities/intake/complaints/complete-particulars';
import type { SeveralRefusals } from '../../../domain/errors';
import {
  NOW,
  act,
  auditOf,
  codesOf,
  db,
  handledBy,
  onComplaintBook,
  one,
  receive,
  step,
} from '../../support/complaint-book';

onComplaintBook('complete_particulars');

const [CLAIM, TELEPHONE] = ['退还多收的佣金', '13800000000'];
type Said = Pick<CompletedParticulars, 'claimedFen' | 'claim' | 'telephone'>;
const fill = (no: string, said: Said, by = 'service-3') => completeParticulars(db.pool, { ...act(no, by), ...said });
const byMail = () => receive({ channel: 'email', complainant: { name: '张某', contact: 'zhang@example.com' } });
const claimedOf = async (no: string) => (await inTransaction(db.pool, (sql) => followComplaint(sql, no))).claimedFen;
const wordsOf = async (no: string) =>
  (
    await db.pool.query<{ kind: string; text: string; by: string }>(
      `select kind, text, written_by as by from complaint_words where complaint_no = $1 and kind <> 'facts' order by text_id nulls first`,
      [no],
    )
  ).rows;

it('what a mail says in its words is filled in: the process reads the amount, the register tells which fields, and words and telephone stand among the words alone', async () => {
  const no = await byMail();
  expect(await claimedOf(no)).toBeNull();
  await fill(no, { claimedFen: '500000', claim: CLAIM, telephone: TELEPHONE });
  expect(await claimedOf(no)).toBe('500000');
  expect(await wordsOf(no)).toEqual([
    { kind: 'claim', text: CLAIM, by: 'service-3' },
    { kind: 'telephone', text: TELEPHONE, by: 'service-3' },
  ]);
  // The contact is what mails are known by: it stays.
  expect(await one('select contact, claim, telephone from complainants where complaint_no = $1', no)).toEqual({
    ...{ contact: 'zhang@example.com', claim: null, telephone: TELEPHONE },
  });
  const detail = { filledIn: ['claimed', 'claim', 'telephone'], claimedFen: '500000', insteadOfFen: null };
  const line = await one(
    `select detail, by, at from complaint_steps where complaint_no = $1 and act = 'complete particulars'`,
    no,
  );
  expect(line).toEqual({ detail, by: 'service-3', at: NOW });
  expect(await auditOf('complete particulars', no)).toMatchObject([{ actor: 'service-3', after: detail }]);
  const told = await one(
    'select count(*)::int as n from outbox where workflow_id = $1 and kind = $2',
    `complaint:${no}`,
    'signal',
  );
  expect(told).toEqual({ n: 1 });
});

it('what takes the place of what stood there counts, and what was received first stays readable beside it', async () => {
  const no = await receive({
    claimedFen: '100',
    claim: '道歉',
    complainant: { clientNo: 'C00000001', contact: '010-1' },
  });
  await fill(no, { claimedFen: '200', claim: CLAIM, telephone: TELEPHONE });
  const again = { ...act(no, 'service-3'), claimedFen: '300', telephone: '010-88888888' };
  await completeParticulars(db.pool, again);
  // The same once more is the same act.
  await completeParticulars(db.pool, again);
  expect(await claimedOf(no)).toBe('300');
  expect((await wordsOf(no)).map(({ kind, text }) => [kind, text])).toEqual([
    ['claim', '道歉'],
    ['claim', CLAIM],
    ['telephone', TELEPHONE],
    ['telephone', '010-88888888'],
  ]);
  expect(await one('select contact, claim, telephone from complainants where complaint_no = $1', no)).toEqual({
    ...{ contact: '010-1', claim: '道歉', telephone: '010-88888888' },
  });
  const { rows } = await db.pool.query(
    `select detail from complaint_steps where complaint_no = $1 and act = 'complete particulars' order by step_id`,
    [no],
  );
  expect(
    rows.map(({ detail }: { detail: Record<string, unknown> }) => [detail['claimedFen'], detail['insteadOfFen']]),
  ).toEqual([
    ['200', '100'],
    ['300', '200'],
  ]);
});

describe('claim and amount hold', () => {
  const said: readonly Said[] = [{ claimedFen: '700' }, { claim: CLAIM }, { telephone: TELEPHONE }];
  const tried = (no: string, by?: string) => codesOf(...said.map((one) => fill(no, one, by)));
  const HELD = ['CLAIM_BEING_DECIDED', 'CLAIM_BEING_DECIDED', 'done'];
  const fields = (no: string) =>
    fill(no, { claimedFen: '700', claim: CLAIM, telephone: TELEPHONE }).catch((refused: unknown) =>
      (refused as SeveralRefusals).all.map(({ details }) => details['field']),
    );

  it('while a proposal awaits its approval, and not once it is refused', async () => {
    const no = await receive({ claimedFen: '100' });
    await handledBy(no);
    const by = { person: 'service-3', role: 'service' };
    const { proposalId } = await draftProposal(db)({ complaintNo: no, nth: 1, finding: 'upheld', amountFen: '0', by });
    expect(await tried(no)).toEqual(HELD);
    expect(await fields(no)).toEqual(['claimed', 'claim']);
    // By the database too.
    const written = () => db.pool.query('update complaints set claimed_fen = 700 where complaint_no = $1', [no]);
    await expect(written()).rejects.toThrow(`the amount that is claimed in ${no} holds`);
    await db.pool.query(`update complaint_proposals set state = 'refused' where proposal_id = $1`, [proposalId]);
    expect(await tried(no)).toEqual(['done', 'done', 'done']);
  });

  it('from the approval on, which the process tells of a moment later', async () => {
    const no = await receive({ claimedFen: '100' });
    await handledBy(no);
    const by = { person: 'service-3', role: 'service' };
    const { proposalId } = await draftProposal(db)({ complaintNo: no, nth: 1, finding: 'upheld', amountFen: '0', by });
    await db.pool.query(
      `update complaint_proposals set state = 'approved', approved_by = 'service-2', approved_at = business_now() where proposal_id = $1`,
      [proposalId],
    );
    expect(await tried(no)).toEqual(HELD);
    const written = db.pool.query('update complaints set claimed_fen = 700 where complaint_no = $1', [no]);
    await expect(written).rejects.toThrow(`the amount that is claimed in ${no} holds`);
  });

  it.each(['decided', 'answered'])('once it is %s; at the next level they are filled in again', async (state) => {
    const no = await receive();
    await handledBy(no, 'service-3', state);
    expect(await tried(no)).toEqual(HELD);
    const written = db.pool.query('update complaints set claimed_fen = 700 where complaint_no = $1', [no]);
    await expect(written).rejects.toThrow(`the amount that is claimed in ${no} holds`);
    await handledBy(no, 'service-3', 'reopened');
    expect(await tried(no)).toEqual(['done', 'done', 'done']);
  });

  it('with all else once it has ended, and for whoever is kept out', async () => {
    const no = await receive();
    await recuse(db.pool, { ...act(no, 'compliance-1'), person: 'compliance-1', reason: 'x' });
    expect(await tried(no, 'compliance-1')).toEqual(Array(3).fill('KEPT_OUT_OF_CASE'));
    await step(no, { step: 'refuse' });
    expect(await tried(no)).toEqual(Array(3).fill('COMPLAINT_ENDED'));
  });
});

it('nothing else of what was received is written again, and no amount is taken away', async () => {
  const no = await receive({ claimedFen: '100' });
  for (const column of ['contact', 'claim', 'facts'])
    await expect(
      db.pool.query(`update complainants set ${column} = 'x' where complaint_no = $1`, [no]),
    ).rejects.toThrow('permission denied');
  await expect(db.pool.query('update complaints set claimed_fen = null where complaint_no = $1', [no])).rejects.toThrow(
    `the amount that is claimed in ${no} holds`,
  );
});

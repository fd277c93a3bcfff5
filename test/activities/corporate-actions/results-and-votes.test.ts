/**
 * What became of elections and votes, on the books of a published evening: replies of the clearing house are laid into a file of their own, the
 * filings are those that the elections made.
 */
import type { Pool } from 'pg';
import { readEvent } from '../../../activities/corporate-actions/event-row';
import { rowsOfSubject } from '../../../activities/complaints/rows-of-subject';
import { takeResults } from '../../../activities/corporate-actions/take-results';
import { recordTelephoneElection } from '../../../activities/intake/corporate-actions/draft-election';
import { takeElection } from '../../../activities/corporate-actions/take-election';
import { inTransaction } from '../../../activities/database/transaction';
import { eventPageOf } from '../../../api/reads/corporate-actions/event-page';
import { OWN_EVENTS } from '../../../api/reads/corporate-actions/own-events';
import { parseBusinessDate } from '../../../domain/calendar/business-date';
import { clockAt, dayOf, verbsOf } from '../../support/days-of-verbs';
import { onEveningOf } from '../../support/evenings';
import { replied } from '../../support/events';

const DAY = parseBusinessDate('2025-06-25');
const TAKEOVER = { channel: 'SH', eventNo: 'TKOV00000001' };
const MEETING = { channel: 'SH', eventNo: 'MEET00000001' };
const OPERATIONS = {
  person: 'operations-1',
  grants: [{ role: 'operations' as const, side: null, branch: null, mark: null }],
};

let acts = 0;
const elect = (
  pool: Pool,
  event: typeof TAKEOVER,
  [securitiesAccount, ballot, option, quantity]: readonly [string, string, string, string],
) =>
  inTransaction(pool, (sql) =>
    takeElection(sql, {
      ...event,
      securitiesAccount,
      ballot,
      option,
      quantity,
      versionShown: event === TAKEOVER ? 2 : 1,
      electedBy: 'holder',
      key: `act ${(acts += 1)}`,
      by: 'client-1',
      role: 'client',
    }),
  );

/** All that waits is taken by the clearing house. */
const acknowledge = (pool: Pool) =>
  pool.query(
    `update election_filings set state = 'confirmed', confirmed = quantity, answered_at = business_now() where state = 'waiting'`,
  );

const lines = async (pool: Pool, text: string): Promise<readonly string[]> =>
  (await pool.query<{ line: string }>(text)).rows.map(({ line }) => line);
const filings = (pool: Pool) =>
  lines(
    pool,
    `select concat_ws(' ', securities_account, quantity, state, confirmed, result_code) as line from election_filings
      where business = 'H63' order by filing_seq`,
  );
const told = (pool: Pool) =>
  lines(
    pool,
    `select concat_ws(' ', recipient_ref, side, branch, facts ->> 'elected', facts ->> 'confirmed', state) as line from outbox
      where template = 'ELECTION_RESULT' order by message_id`,
  );
const breaks = (pool: Pool) =>
  lines(
    pool,
    `select concat_ws(' ', break_key, facts ->> 'filings', facts ->> 'missing', reason) as line from corporate_action_breaks
      where kind = 'result' order by break_key`,
  );

test('elections are scaled down, withdrawn, failed, missing and corrected; votes replace one another and are added up', () =>
  onEveningOf('2025-06-24', async ({ pool }) => {
    for (const event of [TAKEOVER, MEETING]) await verbsOf(pool).determineHolders(event);
    await clockAt(pool, dayOf(DAY), '10:00');
    const numbers: string[] = [];
    const choices = [
      ['A900000005', '', 'ACCEPT', '5000'],
      ['A900000006', '', 'ACCEPT', '8000'],
      // Three thousand less: a difference of -3,000 is filed.
      ['A900000006', '', 'ACCEPT', '5000'],
      ['B900000009', '', 'ACCEPT', '6000'],
      ['A900000001', '', 'ACCEPT', '100000'],
    ] as const;
    for (const choice of choices) numbers.push(...(await elect(pool, TAKEOVER, choice)).filings);
    const [of5 = '', of6 = '', less6 = '', of9 = '', of1 = ''] = numbers;
    await acknowledge(pool);
    // Whoever does not hold has no election and no filing, whatever a statement says.
    await expect(
      pool.query(
        `insert into elections (event_id, securities_account, option, quantity, version_shown, elected_by, at, cut_at)
         select event_id, 'A999999999', 'ACCEPT', 1, 2, 'default', now(), now() from corporate_actions where event_no = 'TKOV00000001'`,
      ),
    ).rejects.toThrow(/of an account that does not hold/);

    // Two at once: of the second holder one reply comes with the first page, the other with the next.
    const take = () => inTransaction(pool, async (sql) => takeResults(sql, await readEvent(sql, TAKEOVER), DAY, 2));
    // The offer is taken up by half: 5,000 -> 2,500; 8,000 - 3,000 -> 4,000 - 1,500 = 2,500. One failed, one is not answered.
    await replied(pool, DAY, 1, [
      [of5, '3', 2_500, '0000'],
      [of6, '3', 4_000, '0000'],
      [less6, '3', -1_500, '0000'],
      [of9, '4', 0, '0012'],
    ]);
    expect(await take()).toEqual({ missing: 1, comeBack: 0 });
    expect(await filings(pool)).toEqual([
      'A900000005 5000 partly 2500 0000',
      'A900000006 8000 partly 4000 0000',
      'A900000006 -3000 partly -1500 0000',
      'B900000009 6000 failed 0 0012',
      'A900000001 100000 confirmed 100000',
    ]);
    expect(await told(pool)).toEqual([
      'fund-account:6000000005 client 1002 5000 2500 queued',
      'fund-account:6000000006 client 1003 5000 2500 queued',
      'fund-account:6000000009 client 1003 6000 0 queued',
    ]);
    expect(await breaks(pool)).toEqual(['2025-06-25 1', 'missing 1']);

    // Looked at again nothing is new; a resend corrects one and brings the one that was missing.
    expect(await take()).toEqual({ missing: 1, comeBack: 0 });
    expect(await told(pool)).toHaveLength(3);
    // One was cancelled with its event, which came again: whatever the clearing house does with it is asked about.
    await pool.query(
      `update election_filings set cancelled_from = 'confirmed', cancelled_in = 2 where filing_no = $1`,
      [of5],
    );
    await replied(pool, DAY, 2, [
      [of5, '3', 3_000, '0000'],
      [of6, '3', 4_000, '0000'],
      [less6, '3', -1_500, '0000'],
      [of9, '4', 0, '0012'],
      [of1, '3', 100_001, '0000'],
    ]);
    expect(await take()).toEqual({ missing: 0, comeBack: 0 });
    expect((await told(pool)).slice(3)).toEqual([
      'fund-account:6000000001 client 1001 100000 100001 queued',
      'fund-account:6000000005 client 1002 5000 3000 queued',
    ]);
    // More than was filed does not fit; what failed before is still asked about.
    expect(await breaks(pool)).toEqual(['2025-06-25 3', 'missing 1 came']);
    expect(
      await lines(
        pool,
        `select jsonb_array_elements(facts -> 'listed') ->> 'filing' as line from corporate_action_breaks where break_key = '2025-06-25'`,
      ),
    ).toEqual([of5, of9, of1]);

    // A result of another account under our number, and one under a number that nobody filed: both are asked about and entitle nobody.
    const accepted = () =>
      lines(
        pool,
        `select concat_ws(' ', securities_account, quantity) as line from accepted_elections('SH', '2025-06-25') where event_code = 'TKOV00000001' order by 1`,
      );
    // 4,000 - 1,500.
    expect(await accepted()).toEqual(['A900000001 100001', 'A900000005 3000', 'A900000006 2500']);
    await pool.query(
      `with moved as (
         insert into filing_replies
         select business_date, file_id, row_no + 100, channel, case filing_no when $1 then filing_no else 'F202506259999' end, business, filing_kind, 'B900000009',
                code, event_code, quantity, confirmed, acceptance_no, status, result_code from filing_replies_in_force where filing_no in ($1, $2))
       select`,
      [of5, of1],
    );
    await take();
    expect(await accepted()).toEqual(['A900000001 100001', 'A900000006 2500']);
    expect(
      await lines(
        pool,
        `select concat_ws(' ', one ->> 'isFiled', one ->> 'sameAccount', one ->> 'confirmed') as line
           from corporate_action_breaks, jsonb_array_elements(facts -> 'listed') one where break_key = 'strange' order by one ->> 'filing'`,
      ),
    ).toEqual(['true false 3000', 'false 100001']);

    // Resolution 1: 1,000 for, then 700 and 400 against; 237 of another in abstention. Resolution 2: 200 withheld, which is not filed.
    for (const vote of [
      ['A900000003', '1', 'FOR', '1000'],
      ['A900000003', '1', 'AGAINST', '400'],
      ['A900000003', '1', 'FOR', '700'],
      ['A900000006', '1', 'ABSTAIN', '237'],
      ['A900000006', '2', 'WITHHOLD', '200'],
    ] as const)
      await elect(pool, MEETING, vote);
    expect(
      await lines(
        pool,
        `select concat_ws(' ', securities_account, ballot, quantity, votes ->> 'for', votes ->> 'against', votes ->> 'abstain') as line
           from election_filings where business = 'H62' order by filing_seq`,
      ),
    ).toEqual([
      'A900000003 1 1000 1000 0 0',
      'A900000003 1 1400 1000 400 0',
      'A900000003 1 1100 700 400 0',
      'A900000006 1 237 0 0 237',
    ]);
    const NONE = { for: '0', against: '0', abstain: '0' };
    expect((await eventPageOf(pool, OPERATIONS, MEETING)).votes).toEqual([
      {
        ballot: '1',
        chosen: { for: '700', against: '400', abstain: '237', withhold: '0' },
        submitted: NONE,
        acknowledged: NONE,
      },
      { ballot: '2', chosen: { ...NONE, withhold: '200' }, submitted: NONE, acknowledged: NONE },
    ]);
    await acknowledge(pool);
    // The newest of A900000003 is refused: the one before it counts on.
    await pool.query(
      `update election_filings set state = 'refused' where filing_seq = (select max(filing_seq) from election_filings where securities_account = 'A900000003')`,
    );
    const page = await eventPageOf(pool, OPERATIONS, MEETING);
    expect(page.votes[0]).toMatchObject({
      submitted: { for: '1000', against: '400', abstain: '237' },
      acknowledged: { for: '1000', against: '400', abstain: '237' },
    });
    // Who is of one side or branch reads of accounts those that they see, and no sum over all holders.
    await pool.query(
      `insert into corporate_action_breaks (event_id, kind, break_key, facts)
       select event_id, 'tally', '1:FOR', '{"ballot": "1", "held": "700", "submitted": "1000", "accounts": ["A900000003", "A900000005"]}'
         from corporate_actions where event_no = $1`,
      [MEETING.eventNo],
    );
    const factsOf = async (grant: object) => {
      const one = { role: 'branch' as const, side: null, branch: null, mark: null, ...grant };
      return (await eventPageOf(pool, { person: 'somebody', grants: [one] }, MEETING)).breaks[0]?.facts;
    };
    await pool.query(`update corporate_action_holders set branch = '1002' where securities_account = 'A900000005'`);
    expect(await factsOf({ role: 'supervisor' })).toMatchObject({
      held: '700',
      accounts: ['A900000003', 'A900000005'],
    });
    expect(await factsOf({ branch: '1002' })).toEqual({ ballot: '1', accounts: ['A900000005'] });
    expect(await factsOf({ role: 'prop', side: 'proprietary' })).toEqual({ ballot: '1' });

    // The firm's own shares are none of a branch: it takes no election by telephone for them.
    await pool.query(
      `insert into corporate_action_holders (event_id, securities_account, fund_account, side, branch, settled, unsettled_sales, in_transit, electable)
       select event_id, 'B990000001', '8000000001', 'proprietary', '0001', 100, 0, 0, 100 from corporate_actions where event_no = $1
       on conflict (event_id, securities_account) do nothing`,
      [MEETING.eventNo],
    );
    const telephoned = { ...MEETING, ballot: '1', option: 'FOR', quantity: '1', versionShown: 1, recording: 'REC-OWN' };
    await expect(
      recordTelephoneElection(pool, {
        ...telephoned,
        securitiesAccount: 'B990000001',
        branches: null,
        by: 'branch-1001',
        role: 'branch',
        key: 'own shares',
        requestId: 'r',
      }),
    ).rejects.toMatchObject({ code: 'NOT_A_HOLDER' });

    // A holder sees the own votes beside those of all.
    await pool.query(`insert into archives (client_no, opened_on) values ('C90000006', '2025-06-01')`);
    await pool.query(
      `insert into registered_clients (client_no, kind, branch, account_manager, registered_on)
       values ('C90000006', 'natural', '1003', 'manager-1', '2025-06-01')`,
    );
    await pool.query(`insert into client_fund_accounts (fund_account, client_no) values ('6000000006', 'C90000006')`);
    const { rows } = await pool.query<{ eventNo: string; votes: unknown }>(OWN_EVENTS, [
      'C90000006',
      false,
      null,
      null,
      200,
    ]);
    const counted = { for: '0', against: '0', abstain: '237' };
    expect(rows.find(({ eventNo }) => eventNo === MEETING.eventNo)?.votes).toEqual([
      {
        ballot: '1',
        chosen: { ...counted, withhold: '0' },
        submitted: counted,
        acknowledged: counted,
        ofAll: { for: '1000', against: '400', abstain: '237' },
      },
      {
        ballot: '2',
        chosen: { ...NONE, withhold: '200' },
        submitted: NONE,
        acknowledged: NONE,
        ofAll: NONE,
      },
    ]);
    // Of a complaint about it the own acts are evidence, and who else holds, was told or voted is none.
    const holders = ['A900000003 6000000003', 'A900000006 6000000006', 'B990000001 8000000001'].map((one) =>
      one.split(' '),
    );
    for (const [account, fund] of holders)
      await pool.query(
        `insert into outbox (other_key, other_ref, workflow_id, kind, severity, template)
         values ('said:' || $1, 'fund-account:' || $2, 'corporate-action:SH:MEET00000001', 'notice', 'info', 'CORPORATE_ACTION')`,
        [account, fund],
      );
    const evidence = (client: string | null) =>
      inTransaction(pool, (sql) => rowsOfSubject(sql, 'corporate-action:SH:MEET00000001', client));
    const own = await evidence('C90000006');
    expect(own.elections).toMatchObject([
      { ballot: '1', option: 'ABSTAIN', quantity_after: 237, elected_by: 'holder' },
      { ballot: '2', option: 'WITHHOLD', quantity_after: 200, elected_by: 'holder' },
    ]);
    expect(own.filings).toMatchObject([{ ballot: '1', quantity: 237, state: 'confirmed' }]);
    expect([own.holdings.length, own.messages.length > 0]).toEqual([1, true]);
    const accounts = [...JSON.stringify(own).matchAll(/[AB]9\d{8}/g)].map(([account]) => account);
    expect(new Set(accounts)).toEqual(new Set(['A900000006']));
    expect(own.audit.filter((row) => (row as { readonly actor: string }).actor === 'client-1')).toEqual([]);
    const stranger = await evidence(null);
    expect([stranger.holdings, stranger.elections, stranger.filings, stranger.messages]).toEqual([[], [], [], []]);
    expect((await eventPageOf(pool, OPERATIONS, { channel: 'SH', eventNo: 'SPLT00000001' })).codes).toEqual([
      { code: '08003', role: 'old', from: null, until: '2025-06-27' },
      { code: '02901', role: 'temporary', from: '2025-06-27', until: '2025-08-02' },
      { code: '02902', role: 'new', from: '2025-07-14', until: null },
    ]);
  }));

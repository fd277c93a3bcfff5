/** What an opening leaves in the file of its client: answer sheets, signed agreements, decisions. Complete, or the process goes on (A2 §13-15). */
import type { PoolClient } from 'pg';
import { CALLBACK_RECORD } from '../../domain/callbacks/call-result';
import { canonicalJson } from '../../domain/canonical-json';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { fileDocument } from '../archive/file-document';
import { missingDocuments, type Lacking } from '../archive/missing-documents';
import { openArchive } from '../archive/open-archive';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { actOnRequest, isEnded } from './act-on-request';
import { papersAsked } from './request-papers';
import { ownAct, type OfRequest } from './follow-request';
import { lockRequest, type PermissionRequest, type RequestState } from './request-row';

type Filing = Pick<Dependencies, 'pool' | 'documents'>;

interface Sheet {
  readonly name: string;
  readonly kind: string;
  readonly text: string;
}

const MOST_BYTES = 5_000_000;

/** Files what the process itself made, once, and says what the file still lacks; of a request that ended undone nothing does. */
export const fileOpening =
  ({ pool, documents }: Filing) =>
  async ({ requestNo }: OfRequest): Promise<readonly Lacking[]> => {
    const { request, sheets, kinds } = await inTransaction(pool, async (sql) => {
      const found = await lockRequest(sql, requestNo);
      await openArchive(sql, { clientNo: found.clientNo, openedOn: found.today });
      return { request: found, ...(await filedBy(sql, found)) };
    });
    const { clientNo, workflowId } = request;
    for (const { name, kind, text } of sheets) {
      await fileDocument({ pool, documents }, bytesOf(text), {
        key: `${workflowId}:${name}`,
        clientNo,
        kind,
        businessDate: request.today,
        workflowId,
        filedBy: SYSTEM_ACTOR,
        mostBytes: MOST_BYTES,
      });
    }
    return missingDocuments(pool, { workflowId, kinds });
  };

/** What the process makes itself, and which kinds of document must be there in the end. */
async function filedBy(
  sql: PoolClient,
  request: PermissionRequest,
): Promise<{ readonly sheets: readonly Sheet[]; readonly kinds: readonly string[] }> {
  if (isEnded(request.state)) {
    const decided = await decisionSheet(sql, request.requestNo, 'the end');
    return { sheets: [...(request.kind === 'opening' ? await sheetsOf(sql, request) : []), decided], kinds: [] };
  }
  if (request.kind === 'opening')
    return {
      sheets: [...(await sheetsOf(sql, request)), await decisionSheet(sql, request.requestNo, 'open permission')],
      kinds: request.terms.documents,
    };
  const act = request.kind === 'closing' ? 'close permission' : 'open permission';
  const decision = await decisionSheet(sql, request.requestNo, act);
  const called = request.kind === 'closing' ? [] : [CALLBACK_RECORD];
  return { sheets: [decision], kinds: [...(await papersAsked(sql, request.requestNo)), decision.kind, ...called] };
}

/** The file is complete: the process may end. */
export const endFiling =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ requestNo }: OfRequest): Promise<RequestState> =>
    actOnRequest(pool, ownAct(requestNo, 'end filing'), 'complete file', (_, request) =>
      Promise.resolve({
        answer: 'done',
        detail: { workflowId: request.workflowId },
        next: { step: 'ended', state: 'done' },
      }),
    );

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

/** The same bytes whenever they are made: a filing that is repeated finds them filed. */
async function sheetsOf(sql: PoolClient, request: PermissionRequest): Promise<readonly Sheet[]> {
  const { requestNo } = request;
  const { rows: attempts } = await sql.query<object & { nth: number }>(
    `select a.nth, a.bank, a.version, a.drawn, a.begun_at as "begunAt", r.answers, r.right_count as "right", r.is_passed as "isPassed",
            r.answered_at as "answeredAt"
       from test_attempts a join test_results r using (attempt_id) where a.request_no = $1 order by a.nth`,
    [requestNo],
  );
  const { rows: heard } = await sql.query<object>(
    `select recording, from_second as "fromSecond", to_second as "toSecond", started_at as "startedAt", ended_at as "endedAt"
       from listened_stretches where request_no = $1 order by stretch_id`,
    [requestNo],
  );
  const { rows: signed } = await sql.query<object & { agreement: string; version: string }>(
    `select s.agreement, s.version, s.sha256, s.by, s.channel, s.at, a.title_zh as "titleZh", a.title_en as "titleEn",
            a.text_zh as "textZh", a.text_en as "textEn"
       from agreement_signatures s join agreement_texts a using (agreement, version) where s.request_no = $1 order by s.signature_id`,
    [requestNo],
  );
  return [
    ...attempts.map((attempt) => ({
      name: `attempt:${attempt.nth}`,
      kind: 'answer sheet',
      text: canonicalJson({ requestNo, ...attempt }),
    })),
    ...(heard.length === 0
      ? []
      : [{ name: 'disclosure', kind: 'disclosure record', text: canonicalJson({ requestNo, heard }) }]),
    ...signed.map((signature) => ({
      name: `agreement:${signature.agreement}:${signature.version}`,
      kind: signature.agreement,
      text: canonicalJson({ requestNo, ...signature }),
    })),
  ];
}

interface Acted {
  readonly onBehalfOf: string | null;
}

/** Where nobody's right was delegated the line says nothing of it, as lines did before. */
export const withoutNobody = ({ onBehalfOf, ...line }: Acted): object =>
  onBehalfOf === null ? line : { ...line, onBehalfOf };

/** The timeline up to the act that was decided about, or to the end of a request: the same whenever it is made. */
async function decisionSheet(
  sql: PoolClient,
  requestNo: string,
  act: 'open permission' | 'close permission' | 'the end',
): Promise<Sheet> {
  const { rows: steps } = await sql.query<Acted>(
    `select s.step, s.act, s.outcome, s.codes, s.detail, s.by, s.on_behalf_of as "onBehalfOf", s.channel, s.at, f.moment, f.judged_on as "judgedOn", f.failures, f.warnings
       from permission_steps s left join eligibility_findings f using (step_id)
      where s.request_no = $1 and case when $2 = 'the end' then s.step <> 'ended' else s.step_id <= (select max(step_id) from permission_steps where request_no = $1 and act = $2 and outcome = 'done') end
      order by s.step_id`,
    [requestNo, act],
  );
  return { name: 'decision', kind: 'decision', text: canonicalJson({ requestNo, steps: steps.map(withoutNobody) }) };
}

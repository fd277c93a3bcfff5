/** What one employee drafted and a second person decides: a telephone election, another deadline of the broker; as their processes read them. */
import { BusinessError } from '../../domain/errors';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { byReference } from '../intake/typed-texts';

export type DraftState = 'asked' | 'approved' | 'refused' | 'recalled' | 'lapsed';

/** Of either: until when it can be decided, who made it, and what is shown. */
export interface ElectionDraft {
  readonly state: DraftState;
  readonly eventNo: string;
  /** The broker's deadline as it stands. */
  readonly decideBefore: string;
  readonly madeBy: string;
  readonly madeFor: string | null;
  readonly branch: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Whose shares it is about goes through the process by reference. @throws BusinessError NOT_FOUND */
export const readTelephoneElection =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ telephoneNo }: { readonly telephoneNo: string }): Promise<ElectionDraft> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<ElectionDraft>(
        `select t.state, a.event_no as "eventNo", a.broker_cut_at as "decideBefore", t.recorded_by as "madeBy", t.recorded_for as "madeFor", h.branch,
                jsonb_build_object('event', a.event_no, 'channel', a.channel, 'version', t.version_shown, 'account', t.securities_account,
                                   'ballot', t.ballot, 'option', t.option, 'quantity', t.quantity::text, 'recording', t.recording,
                                   'electable', h.electable::text, 'decideBefore', to_char(a.broker_cut_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI')) as facts
           from telephone_elections t join corporate_actions a using (event_id)
           join corporate_action_holders h on h.event_id = t.event_id and h.securities_account = t.securities_account
          where t.telephone_no = $1`,
        [telephoneNo],
      );
      const [draft] = rows;
      if (draft === undefined)
        throw new BusinessError('NOT_FOUND', { what: '电话申报 telephone election', key: telephoneNo });
      const { account, ...facts } = draft.facts;
      const about = `telephone-election:${telephoneNo}`;
      return { ...draft, facts: { ...facts, account: await byReference(sql, about, 'account', String(account)) } };
    });

/** @throws BusinessError NOT_FOUND */
export const readElectionCutChange =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ changeId }: { readonly changeId: string }): Promise<ElectionDraft> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<ElectionDraft & { readonly reason: string }>(
        `select c.state, a.event_no as "eventNo", least(a.broker_cut_at, c.broker_after) as "decideBefore", c.asked_by as "madeBy",
                c.asked_for as "madeFor", null as branch, c.reason,
                jsonb_build_object('event', a.event_no, 'channel', a.channel, 'version', c.version,
                                   'brokerBefore', to_char(c.broker_before at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'),
                                   'brokerAfter', to_char(c.broker_after at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'),
                                   'holdersAfter', to_char(c.client_after at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'),
                                   'clearingHouse', to_char(a.clearing_cut_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI')) as facts
           from election_cut_changes c join corporate_actions a using (event_id) where c.change_id = $1`,
        [changeId],
      );
      const [found] = rows;
      if (found === undefined)
        throw new BusinessError('NOT_FOUND', { what: '截止时间变更 change of a deadline', key: changeId });
      const { reason, ...draft } = found;
      return {
        ...draft,
        facts: { ...draft.facts, reason: await byReference(sql, `election-cut-change:${changeId}`, 'reason', reason) },
      };
    });

/** What a process that has more time decided must know: whom it asks, what it shows, and until when it can be decided. */
import { BusinessError } from '../../domain/errors';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { byReference } from '../intake/typed-texts';
import { isHeadKeptOut, isNobodyLeft } from '../people/keep-out';
import { businessDateNow, standingOf, type Sql } from '../people/standing';
import type { ExtensionState } from './extend-deadline';
import { OWING } from './extension-form';
import { complaintOf } from '../intake/complaints/complaint-of-process';

export interface ReadExtension {
  readonly state: ExtensionState;
  /** The limit as it stands: it is decided before. */
  readonly dueAt: string;
  readonly role: string;
  readonly side: string | null;
  readonly branch: string | null;
  /** Class of risk, by which the terms say who decides: where the head asks, owes it or is kept out of the case, or the role has none, not the head, and not compliance where nobody there is left. */
  readonly risk: '' | 'head' | 'compliance concerned';
  readonly askedBy: string;
  readonly askedFor: string | null;
  /** The reason, which somebody typed, by reference. */
  readonly facts: Readonly<Record<string, unknown>> & { readonly reason: string };
}

/** @throws BusinessError NOT_FOUND */
export const readExtension =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ extensionId }: { readonly extensionId: string }): Promise<ReadExtension> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<Omit<ReadExtension, 'risk'> & { readonly owing: readonly string[] }>(
        `select array_remove(${OWING}, null) as owing, e.state, d.due_at as "dueAt", d.owner_role as role, d.side, d.branch, e.asked_by as "askedBy", e.asked_for as "askedFor",
                jsonb_build_object('deadline', d.business_key, 'process', d.process, 'step', d.step, 'subject', d.subject,
                                   'dueAt', to_char(d.due_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'),
                                   'further', e.further_n, 'counted', d.limit_kind, 'reason', e.reason) as facts
           from deadline_extensions e join deadlines d using (deadline_id)
           left join complaints c on c.complaint_no = ${complaintOf('d.workflow_id')} left join complaints g on g.complaint_no = c.group_of
          where extension_id = $1`,
        [extensionId],
      );
      const [found] = rows;
      if (found === undefined) throw new BusinessError('NOT_FOUND', { what: '延期申请 extension', key: extensionId });
      const { owing, ...asked } = found;
      const concerned = [asked.askedBy, ...(asked.askedFor === null ? [] : [asked.askedFor]), ...owing];
      const isHead =
        (await isHeadAmong(sql, asked.role, [asked.askedBy, ...owing])) ||
        // Nobody is over the general manager, and whoever is kept out of a case gives it no more time either.
        asked.role === 'general_manager' ||
        (await isHeadKeptOut(sql, `deadline-extension:${extensionId}`, asked.role, asked.branch));
      const { reason, ...facts } = asked.facts;
      const typed = await byReference(sql, `deadline-extension:${extensionId}`, 'reason', reason);
      return {
        ...asked,
        facts: { ...facts, reason: typed },
        risk: isHead ? await riskOf(sql, extensionId, concerned) : '',
      };
    });

/** Nobody decides about more time for themselves, whoever asks for it. */
async function isHeadAmong(sql: Sql, role: string, people: readonly string[]): Promise<boolean> {
  const today = await businessDateNow(sql);
  for (const person of people) {
    const { grants } = await standingOf(sql, person, today);
    if (grants.some((grant) => grant.role === role && grant.mark === 'head')) return true;
  }
  return false;
}

/** Neither whoever asks nor whoever owes it decides. */
async function riskOf(sql: Sql, extensionId: string, accounts: readonly string[]): Promise<ReadExtension['risk']> {
  const workflowId = `deadline-extension:${extensionId}`;
  return (await isNobodyLeft(sql, { workflowId, role: 'compliance', accounts })) ? 'compliance concerned' : 'head';
}

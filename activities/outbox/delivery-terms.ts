/** The terms of delivery in force today: purposes, their channels, quiet hours; and what recipients wish. */
import type { PoolClient } from 'pg';
import { businessDateOf } from '../../domain/calendar/business-date';
import { byMailFirst, plannedSteps, type DeliveryStep, type Preference } from '../../domain/messages/delivery';
import { sendableAt, type QuietHours } from '../../domain/messages/quiet-hours';
import { IS_MAIL_CONTACT } from '../intake/told-complainant';
import { loadParameters } from '../terms/load-terms';
import type { DueMessage } from './due-messages';

export interface DeliveryTerms {
  /** Business time, UTC. */
  readonly now: string;
  /** Events leave the house by https only, and to addresses outside. */
  readonly isProduction: boolean;
  readonly stepsOf: (message: DueMessage, sendsMail: boolean) => readonly DeliveryStep[];
  /** Who telephones where no channel reached the recipient. */
  readonly taskRoleOf: (message: DueMessage) => string | null;
  /** When the message may go: now, or the end of the quiet hours. */
  readonly sendableAt: (message: DueMessage) => string;
}

interface PurposeRow {
  readonly purpose: string;
  readonly obeys_quiet_hours: boolean;
  readonly may_be_switched_off: boolean;
  readonly task_role: string | null;
}

/** Messages of before the templates name no purpose: they go as what they were, alarms for a role and notices for a client. */
const purposeOf = ({ purpose, recipient_role: role }: DueMessage): string =>
  purpose ?? (role === null ? 'client-notice' : 'alarm');

export const recipientOf = (message: Pick<DueMessage, 'recipient_role' | 'recipient_ref'>): string =>
  message.recipient_ref ?? `role:${message.recipient_role ?? ''}`;

export async function loadDeliveryTerms(sql: PoolClient, messages: readonly DueMessage[]): Promise<DeliveryTerms> {
  const clock = await sql.query<{ now: string; production: boolean }>(
    `select business_now() as now, book_kind = 'production' as production from business_clock`,
  );
  const now = clock.rows[0]?.now ?? '';
  const today = businessDateOf(now);
  const inForce = 'valid_from <= $1 and (valid_to is null or $1 < valid_to)';
  const { rows: purposes } = await sql.query<PurposeRow>(
    `select purpose, obeys_quiet_hours, may_be_switched_off, task_role from message_purposes where ${inForce}`,
    [today],
  );
  const { rows: steps } = await sql.query<DeliveryStep>(
    `select purpose, step, channel, wait_minutes as "waitMinutes", valid_from::text as "validFrom", valid_to::text as "validTo"
     from delivery_steps where ${inForce}`,
    [today],
  );
  const recipients = [...new Set(messages.map(recipientOf))];
  const ownHours = await ownQuietHours(sql, recipients);
  const { rows: wishes } = await sql.query<Preference & { readonly recipient_ref: string; readonly purpose: string }>(
    `select recipient_ref, purpose, channel, wanted from message_preferences where recipient_ref = any($1)
     union all select f.client_no, purpose, channel, wanted from message_preferences p join ${ACCOUNT_OF_CLIENT}`,
    [recipients],
  );
  const mailed = await reachedByMail(sql, recipients);
  const known = new Map(purposes.map((row) => [row.purpose, row]));
  const quiet = purposes.some((row) => row.obeys_quiet_hours) ? await quietHours(sql, today) : undefined;
  return {
    now,
    isProduction: clock.rows[0]?.production !== false,
    stepsOf: (message, sendsMail) => {
      const purpose = purposeOf(message);
      const planned = plannedSteps(
        steps.filter((step) => step.purpose === purpose),
        wishes.filter((wish) => wish.purpose === purpose && wish.recipient_ref === recipientOf(message)),
        known.get(purpose)?.may_be_switched_off === true,
      );
      // What a channel has accepted goes on from there.
      const byMail = message.state === 'sent' ? message.accepted_by === 'email' : sendsMail;
      return byMail && mailed.has(recipientOf(message)) ? byMailFirst(planned) : planned;
    },
    taskRoleOf: (message) => known.get(purposeOf(message))?.task_role ?? null,
    sendableAt: (message) =>
      quiet !== undefined && known.get(purposeOf(message))?.obeys_quiet_hours === true
        ? sendableAt(now, ownHours.get(recipientOf(message)) ?? quiet)
        : now,
  };
}

/** Clients wish by their fund account; what is sent to their number goes by that too. */
const ACCOUNT_OF_CLIENT = `client_fund_accounts f on p.recipient_ref = 'fund-account:' || f.fund_account where f.client_no = any($1)`;

/** Complaints of people who are no clients and left an address of e-mail. */
async function reachedByMail(sql: PoolClient, recipients: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ no: string }>(
    `select w.complaint_no as no from complainants w where w.complaint_no = any($1) and ${IS_MAIL_CONTACT}`,
    [recipients],
  );
  return new Set(rows.map(({ no }) => no));
}

async function ownQuietHours(sql: PoolClient, recipients: readonly string[]): Promise<ReadonlyMap<string, QuietHours>> {
  const { rows } = await sql.query<QuietHours & { readonly recipient: string }>(
    `select recipient, "from", until from (
       select recipient_ref as recipient, quiet_from as "from", quiet_until as until from message_recipients where recipient_ref = any($1)
       union all select f.client_no, p.quiet_from, p.quiet_until from message_recipients p join ${ACCOUNT_OF_CLIENT}) wished
      where "from" is not null`,
    [recipients],
  );
  return new Map(rows.map(({ recipient, from, until }) => [recipient, { from, until }]));
}

async function quietHours(sql: PoolClient, today: ReturnType<typeof businessDateOf>) {
  const parameter = await loadParameters(sql, '', today);
  return { from: parameter('QUIET_HOURS_FROM'), until: parameter('QUIET_HOURS_UNTIL') };
}

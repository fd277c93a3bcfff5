/**
 * Whether a promise `d` was not kept in time, whatever became of it afterwards: breached, met late, withdrawn or abandoned after its
 * breach; or due now and not done, in the moment before its last rung says so.
 */
export const WAS_MISSED = `(d.breached_at is not null or d.state = 'met late'
  or ((d.ended_at is null or d.state = 'abandoned') and d.due_at <= business_now()))`;

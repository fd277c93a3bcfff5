/** What a client answered that is a complaint becomes one by itself: in the name of the client, with the answers that brought it. */
import { troublesOf } from '../../domain/callbacks/call-result';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { receiveComplaint } from '../intake/complaints/receive-complaint';
import { attemptsOf, lockCallback, scriptOf } from './callback-row';
import type { OfCallback } from './follow-callback';

/**
 * Received once, by whoever called; whom it is about is said where it is registered.
 * @throws BusinessError NOT_FOUND
 */
export const openComplaintOfCallback =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async ({
    callbackNo,
    followUp,
  }: OfCallback & { readonly followUp: string }): Promise<{ readonly complaintNo: string }> => {
    const { row, facts } = await inTransaction(pool, async (sql) => {
      const found = await lockCallback(sql, callbackNo);
      const script = await scriptOf(sql, found);
      const answers = (await attemptsOf(sql, callbackNo)).flatMap((attempt) => Object.entries(attempt.answers ?? {}));
      const lines = answers.flatMap(([question, answer]) => {
        const asked = script.filter((one) => one.question === question);
        if (!troublesOf({ [question]: answer }, asked).includes(followUp)) return [];
        return asked.map(
          ({ zh, answers: offered }) => `${zh} ${offered.find((one) => one.answer === answer)?.zh ?? answer}`,
        );
      });
      return { row: found, facts: [`回访 ${callbackNo} 中客户表示 said in a callback:`, ...lines].join('\n') };
    });
    return receiveComplaint(pool, {
      key: `callback:${callbackNo}:${followUp}`,
      channel: 'telephone',
      product: 'other',
      category: 'conduct',
      subcategory: followUp,
      facts,
      // Said when the talk ended, whenever the engine came to it.
      ...(row.endedAt === null ? {} : { receivedAt: row.endedAt }),
      complainant: { clientNo: row.clientNo ?? undefined },
      about: { workflowId: row.workflowId },
      by: row.endedBy ?? 'southbound',
      role: row.ownerRole,
    });
  };

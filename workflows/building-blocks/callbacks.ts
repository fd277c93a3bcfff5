/**
 * Callbacks that a process has asked for and waits for. The verb that asks starts a process of its own (`workflows/callback.ts`), which
 * files its record into the file of the client and then says here how it ended. Asking again under the same key is harmless.
 */
import { setHandler } from '@temporalio/workflow';
import { callbackEnded, type CallbackEnd } from '../messages/callback';

export class Callbacks {
  private readonly ended = new Map<string, CallbackEnd>();

  private constructor() {}

  /** One a run, before the first await: the signal may come with its first task. */
  static open(): Callbacks {
    const callbacks = new Callbacks();
    setHandler(callbackEnded, (callbackNo, outcome) => void callbacks.ended.set(callbackNo, outcome), {
      description: '回访已结束 a callback has ended',
    });
    return callbacks;
  }

  /** How a callback ended; undefined while it has not. */
  outcomeOf(callbackNo: string): CallbackEnd | undefined {
    return this.ended.get(callbackNo);
  }
}

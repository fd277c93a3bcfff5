/** PostgreSQL and Temporal as this machine has them: given by address, or run out of the data directory. */
import { startPostgres, stopPostgres } from '../../prisma/embedded';
import type { Progress } from '../../prisma/local-server';
import { startTemporal } from '../../worker/temporal-server';
import { dataFolder } from '../places';

export interface Servers {
  /** PostgreSQL, as a role that may make databases. */
  readonly adminUrl: string;
  /** Temporal, host and port. */
  readonly temporalAddress: string;
  /** Web UI of Temporal; empty where there is none of ours. */
  readonly temporalUi: string;
  /** Ends what was started, unless another living process uses it too. */
  readonly stop: () => Promise<void>;
}

/** Both at once. Where one does not come up the other is left as it was found. */
export async function startServers(progress: Progress): Promise<Servers> {
  const dir = dataFolder();
  const [postgres, temporal] = await Promise.allSettled([startPostgres(dir), startTemporal({ dir, progress })]);
  const stop = async () => {
    await Promise.allSettled([
      ...(temporal.status === 'fulfilled' ? [temporal.value.stop()] : []),
      ...(postgres.status === 'fulfilled' ? [stopPostgres(dir)] : []),
    ]);
  };
  if (postgres.status === 'rejected' || temporal.status === 'rejected') {
    await stop();
    throw postgres.status === 'rejected' ? postgres.reason : (temporal as PromiseRejectedResult).reason;
  }
  return {
    adminUrl: postgres.value,
    temporalAddress: temporal.value.address,
    temporalUi: temporal.value.uiAddress,
    stop,
  };
}

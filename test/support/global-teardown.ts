import { stopPostgres } from '../../prisma/embedded';
import { TEST_FOLDER } from './servers';

/** Ends the servers, unless another test run uses them too. */
export default async function tearDown(): Promise<void> {
  await globalThis.testTemporalServer?.stop();
  await stopPostgres(TEST_FOLDER);
}

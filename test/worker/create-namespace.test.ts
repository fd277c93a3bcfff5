import { Connection } from '@temporalio/client';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { searchAttributes } from '../../worker/search-attributes';
import { temporalBinary } from '../../worker/temporal-binary';
import { testServers } from '../support/servers';

test('the script of the containers makes the namespace that the workers expect, and may be run again', async () => {
  const { temporal: address } = testServers();
  const namespace = `script-${randomBytes(4).toString('hex')}`;
  const folder = path.dirname(await temporalBinary(() => undefined));
  const run = () =>
    promisify(execFile)('/bin/sh', [path.join(__dirname, '../../docker/temporal/create-namespace.sh')], {
      env: {
        ...process.env,
        PATH: `${folder}:${process.env['PATH']}`,
        TEMPORAL_ADDRESS: address,
        BOOK_NAME: namespace,
        RETENTION_HOURS: '24',
      },
    });
  await run();
  await run();
  const connection = await Connection.connect({ address });
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    expect(Object.keys(customAttributes).sort()).toEqual(searchAttributes.map(({ name }) => name).sort());
  } finally {
    await connection.close();
  }
});

#!/usr/bin/env node
// Stand-in for Prisma's native schema-engine: same JSON-RPC on stdio, answered by
// @prisma/schema-engine-wasm over @prisma/adapter-pg. No binary download needed.
// Use: PRISMA_SCHEMA_ENGINE_BINARY=$PWD/tools/schema-engine.mjs prisma migrate deploy
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import path from 'node:path';
import * as bg from '@prisma/schema-engine-wasm/schema_engine_bg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

// A panic inside the engine leaves its words here before it ends as an error.
let panic = '';
process.on('uncaughtException', (err) => {
  process.stderr.write(`${panic || err.stack}\n`);
  process.exit(101);
});
globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (text) => (panic = text) };

const require = createRequire(import.meta.url);
const glue = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
const { instance } = await WebAssembly.instantiate(
  readFileSync(path.join(path.dirname(glue), 'schema_engine_bg.wasm')),
  { './schema_engine_bg.js': bg },
);
bg.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

if (process.argv.includes('--version')) {
  console.log(`schema-engine-wasm ${bg.version()}`);
  process.exit(0);
}

// adapter-pg rejects the internal "char" type (oid 18) that the catalogue queries return: read it as bpchar, and tell
// the engine afterwards that it is a single character.
const Result = require('pg/lib/result');
const addFields = Result.prototype.addFields;
Result.prototype.addFields = function (fields) {
  for (const f of fields) {
    if (f.dataTypeID !== 18) continue;
    f.dataTypeID = 1042;
    f.isInternalChar = true;
  }
  return addFields.call(this, fields);
};
function tellCharacters(adapter) {
  let proto = adapter;
  while (!Object.hasOwn(proto, 'performIO')) proto = Object.getPrototypeOf(proto);
  if (proto.tellsCharacters) return adapter;
  proto.tellsCharacters = true;
  const { performIO, queryRaw } = proto;
  proto.performIO = async function (query) {
    const result = await performIO.call(this, query);
    this.lastFields = result.fields;
    return result;
  };
  proto.queryRaw = async function (query) {
    const result = await queryRaw.call(this, query);
    const types = result.columnTypes.map((t, i) => (this.lastFields[i]?.isInternalChar ? ColumnTypeEnum.Character : t));
    return { ...result, columnTypes: types };
  };
  return adapter;
}

const args = process.argv.slice(2);
const all = (flag) => args.flatMap((a, i) => (a === flag ? [args[i + 1]] : []));
const { url = process.env.DATABASE_URL } = JSON.parse(all('--datasource')[0] ?? '{}') ?? {};
const datamodels = all('--datamodels').map((f) => [f, readFileSync(f, 'utf8')]);

const at = (db) => {
  const u = new URL(url);
  u.pathname = `/${encodeURIComponent(db)}`;
  return u.toString();
};
async function admin(sql, db = decodeURIComponent(new URL(url).pathname.slice(1))) {
  const c = new pg.Client({ connectionString: at(db) });
  await c.connect();
  try {
    await c.query(sql);
  } finally {
    await c.end();
  }
}
class Factory extends PrismaPg {
  async connect() {
    return tellCharacters(await super.connect());
  }
  // TRAP: PrismaPg's own version spreads { connectionString, database } and pg lets connectionString win,
  // so the "shadow" database would be the real one. Always make a fresh throw-away database instead.
  async connectToShadowDb() {
    const name = `prisma_shadow_${crypto.randomUUID()}`;
    await admin(`CREATE DATABASE "${name}"`);
    const shadow = tellCharacters(await new PrismaPg({ connectionString: at(name) }).connect());
    const dispose = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await dispose();
      await admin(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    };
    return shadow;
  }
}
const adapter = bindMigrationAwareSqlAdapterFactory(new Factory({ connectionString: url }));
let engine;
const getEngine = async () =>
  (engine ??= await bg.SchemaEngine.new(
    { datamodels: datamodels.length ? datamodels : undefined },
    (l) => process.env.DEBUG && process.stderr.write(l + '\n'),
    adapter,
  ));

async function createDatabase() {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  await admin(`CREATE DATABASE ${pg.escapeIdentifier(name)}`, 'postgres');
  return { databaseName: name };
}
async function ping() {
  const c = new pg.Client({ connectionString: url });
  try {
    await c.connect();
  } catch (e) {
    if (e.code === '3D000') throw Object.assign(new Error(`Database does not exist`), { error_code: 'P1003' });
    throw Object.assign(new Error(`Can't reach database server: ${e.message}`), { error_code: 'P1001' });
  } finally {
    await c.end().catch(() => {});
  }
  return {};
}
async function call(method, params) {
  if (method === 'createDatabase') return createDatabase();
  if (method === 'ensureConnectionValidity') return ping();
  const e = await getEngine();
  if (method === 'getDatabaseVersion') return e.version(params);
  const out = await e[method](params);
  return out ?? {};
}
if (args.includes('cli')) {
  // `schema-engine cli --datasource … can-connect-to-database | create-database | drop-database`
  try {
    if (args.includes('can-connect-to-database')) await ping();
    else if (args.includes('create-database')) await createDatabase();
    else throw new Error(`unsupported: ${args.join(' ')}`);
    process.exit(0);
  } catch (err) {
    process.stderr.write(
      '\n' +
        JSON.stringify({
          timestamp: new Date().toISOString(),
          level: 'ERROR',
          fields: { message: err.message, is_panic: false, error_code: err.error_code, meta: {} },
          target: 'schema_engine::logger',
        }),
    );
    process.exit(1);
  }
}
for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  const { id, method, params } = JSON.parse(line);
  if (!method) continue; // acknowledgement of our own `print`
  let reply;
  try {
    const result = await call(method, params);
    if (method === 'diff' && result.stdout) {
      // the native engine prints through an RPC callback
      process.stdout.write(
        JSON.stringify({ jsonrpc: '2.0', id: `p${id}`, method: 'print', params: { content: result.stdout } }) + '\n',
      );
    }
    reply = { jsonrpc: '2.0', id, result };
  } catch (err) {
    reply = {
      jsonrpc: '2.0',
      id,
      error: {
        code: 4466,
        message: panic || String(err.message ?? err),
        data: {
          is_panic: false,
          message: panic || String(err.message ?? err),
          meta: null,
          error_code: err.error_code ?? err.code,
        },
      },
    };
  }
  process.stdout.write(JSON.stringify(reply) + '\n');
}

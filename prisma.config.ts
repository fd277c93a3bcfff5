import { defineConfig } from 'prisma/config';

/** For the Prisma command line only; the product connects by itself. `generate` needs no database. */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://postgres@127.0.0.1:55440/postgres' },
});

/** The Prisma client of a book, over the connections that the process has already: for reading single tables. */
import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { PrismaClient } from '../generated/prisma/client';

/**
 * The pool stays the caller's: closing the client does not close it.
 * @param schema `as_of` for tables as they were at the instant that the transaction names, see `api/as-of.ts`
 */
export const openPrisma = (pool: Pool, schema: 'public' | 'as_of' = 'public'): PrismaClient =>
  new PrismaClient({ adapter: new PrismaPg(pool, { schema }) });

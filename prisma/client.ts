/** The Prisma client of a book, over the connections that the process has already: for reading single tables. */
import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { PrismaClient } from '../generated/prisma/client';

/** The pool stays the caller's: closing the client does not close it. */
export const openPrisma = (pool: Pool): PrismaClient => new PrismaClient({ adapter: new PrismaPg(pool) });

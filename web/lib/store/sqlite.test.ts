/** The store of engines in Node: the contract of every store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { describeStore } from './testing.ts';
import { openSqliteStore } from './sqlite.ts';

const folder = mkdtempSync(join(tmpdir(), 'realyield-store-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describeStore('the store on SQLite', async (name) => openSqliteStore(join(folder, name)));

/** The store of clients in Node: the contract of every store, and another process's view. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { describeStore } from '../../web/lib/store/testing.ts';
import { openSqliteStore } from './sqlite-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'realyield-store-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describeStore('the store on SQLite', async (name) => openSqliteStore(join(folder, name)));

/**
 * One agent a store. The kernel's lock on a small SQLite file is what decides: it ends with its
 * holder, also by kill -9, so nobody has to guess whether a process that left its name is alive.
 * A file beside it says who the holder is, for people and for `agent status`.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as z from 'zod';
import type { Clock } from '../engine/ports.ts';

const LOOK_AGAIN_MS = 500;

const holderSchema = z.object({
  pid: z.int(),
  startedAtSec: z.int(),
  healthPort: z.int().optional(),
});

/** Who holds a store: process id, since when (Unix seconds), and where it answers. */
export type Holder = z.infer<typeof holderSchema>;

const lockFile = (folder: string): string => join(folder, 'lock.sqlite');
const holderFile = (folder: string): string => join(folder, 'agent.json');

/** The lock of one store, while it is held. */
export interface StoreLock {
  /** Says where the holder answers, beside who it is. */
  announce(healthPort: number): void;
  release(): void;
}

/** Takes the lock; undefined while another process, or this one, holds it. */
function tryLock(folder: string): Database.Database | undefined {
  const database = new Database(lockFile(folder), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      return undefined;
    }
    throw error;
  }
}

/** Who left their name as the holder; they may be gone. */
export function readHolder(folder: string): Holder | undefined {
  try {
    const found = holderSchema.safeParse(JSON.parse(readFileSync(holderFile(folder), 'utf8')));
    return found.success ? found.data : undefined;
  } catch {
    return undefined;
  }
}

/** Whether somebody holds the lock now; nobody does of a store that was never begun. */
export function isLocked(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const database = tryLock(folder);
  database?.close();
  return database === undefined;
}

function held(folder: string, database: Database.Database, startedAtSec: number): StoreLock {
  const write = (holder: Holder): void => {
    const file = holderFile(folder);
    writeFileSync(`${file}.new`, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  write({ pid: process.pid, startedAtSec });
  return {
    announce(healthPort) {
      write({ pid: process.pid, startedAtSec, healthPort });
    },
    release() {
      rmSync(holderFile(folder), { force: true });
      database.close();
    },
  };
}

/** Resolves with the lock once nobody else holds it; undefined when `signal` ends the waiting. */
export async function takeLock(
  folder: string,
  clock: Clock,
  waits: {
    readonly signal: AbortSignal;
    /** Told once, when another holds it. */
    readonly onWait: (holder: Holder | undefined) => void;
  },
): Promise<StoreLock | undefined> {
  for (let isFirst = true; !waits.signal.aborted; isFirst = false) {
    const database = tryLock(folder);
    if (database) return held(folder, database, clock.nowSec());
    if (isFirst) waits.onWait(readHolder(folder));
    await new Promise<void>((resolve) => clock.after(LOOK_AGAIN_MS, resolve));
  }
  return undefined;
}

/**
 * The folder a world lives in: a mark that it is one of ours, with the ports it was given, and a
 * subfolder with everything else. One world runs in a folder at a time. What is not marked as
 * ours is never touched.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import * as z from 'zod/mini';
import { isOfOlderFormat } from './older-world.ts';

/** What worlds of this code look like on disk; another number is another layout. */
const VERSION = 2;
const KIND = 'real-yield-world';
const MARK = 'world.json';
const LOCK = 'lock.sqlite';
const DATA = 'data';

/** How large a world is: the four personas that tests need, or the whole market. */
export type CastName = 'small' | 'whole';

/** Ports that stay the same, because contracts, wallets and browsers remember them. */
export interface WorldPorts {
  /** Two public relays, and the one of wallets and signers. */
  readonly relays: readonly [number, number, number];
  readonly page: number;
}

const port = z.int().check(z.gte(1), z.lte(65_535));
const markSchema = z.object({ kind: z.literal(KIND), version: z.number() });
const contentSchema = z.object({
  /** False until everything is there: such a world is begun anew. */
  isReady: z.boolean(),
  cast: z.enum(['small', 'whole']),
  ports: z.optional(z.object({ relays: z.tuple([port, port, port]), page: port })),
});
type Content = z.infer<typeof contentSchema>;

/** Why a folder cannot be used, in a sentence for whoever starts the world. */
export class FolderError extends Error {}

const OLDER =
  'The world in PATH was made by an earlier version of this program. Formats have changed since, ' +
  'and nothing in it could be read: its market would be empty.';
const ANEW = '`npm start -- --fresh` begins anew; what is in it will be gone.';

/** What a folder's mark says; undefined for a folder that is empty or not there. */
function readMark(path: string): unknown {
  if (!existsSync(path)) return undefined;
  const isEmpty = statSync(path).isDirectory() && readdirSync(path).every((name) => name === LOCK);
  if (isEmpty) return undefined;
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(join(path, MARK), 'utf8'));
  } catch {
    found = undefined;
  }
  if (markSchema.safeParse(found).success) return found;
  throw new FolderError(`${path} holds something that is not a local world: it is left alone.`);
}

function readContent(path: string, mark: unknown): Content {
  const { version } = markSchema.parse(mark);
  if (version !== VERSION) {
    const which = `format ${version}, this is format ${VERSION}`;
    throw new FolderError(`The world in ${path} is of another version (${which}). ${ANEW}`);
  }
  const content = contentSchema.safeParse(mark);
  if (content.success) return content.data;
  throw new FolderError(`The world in ${path} cannot be read. ${ANEW}`);
}

/** Held by the process that runs the world, and gone with it, however it ends. */
function takeLock(path: string): Database.Database {
  const lock = new Database(join(path, LOCK), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch {
    lock.close();
    throw new FolderError(`Another program is running the world in ${path}.`);
  }
}

/** The open folder of a world. */
export class WorldFolder {
  /** Where everything is kept. */
  readonly data: string;
  readonly #path: string;
  readonly #lock: Database.Database;
  #content: Content;

  private constructor(path: string, lock: Database.Database, content: Content) {
    this.#path = path;
    this.#lock = lock;
    this.#content = content;
    this.data = join(path, DATA);
  }

  /**
   * Opens a folder for a new world, or the one that lives in it. `isFresh` wipes one of ours.
   * Throws FolderError.
   */
  static open(path: string, cast: CastName, isFresh: boolean): WorldFolder {
    const mark = readMark(path);
    const known = mark === undefined || isFresh ? undefined : readContent(path, mark);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const lock = takeLock(path);
    const isGoneOn = known?.isReady === true;
    if (isGoneOn && isOfOlderFormat(join(path, DATA))) {
      lock.close();
      throw new FolderError(`${OLDER.replace('PATH', path)} ${ANEW}`);
    }
    const content = isGoneOn ? known : { isReady: false, cast };
    const folder = new WorldFolder(path, lock, content);
    if (!isGoneOn) {
      folder.#write();
      rmSync(folder.data, { recursive: true, force: true });
      mkdirSync(folder.data, { mode: 0o700 });
    }
    return folder;
  }

  /** Whether a finished world lives here, which goes on. */
  get isReady(): boolean {
    return this.#content.isReady;
  }

  get cast(): CastName {
    return this.#content.cast;
  }

  /** The ports of a world that goes on. */
  get ports(): WorldPorts | undefined {
    return this.#content.ports;
  }

  /** What was written without waiting for the disk is on it afterwards. */
  flush(): void {
    for (const entry of readdirSync(this.data, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const descriptor = openSync(join(entry.parentPath, entry.name), 'r+');
      fsyncSync(descriptor);
      closeSync(descriptor);
    }
  }

  /** The world is complete: from now on it goes on here, on these ports. */
  finish(ports: WorldPorts): void {
    const relays: [number, number, number] = [...ports.relays];
    this.#content = { ...this.#content, isReady: true, ports: { relays, page: ports.page } };
    this.#write();
  }

  /** Lets another program use the folder. */
  close(): void {
    this.#lock.close();
  }

  #write(): void {
    const file = join(this.#path, MARK);
    const text = `${JSON.stringify({ kind: KIND, version: VERSION, ...this.#content })}\n`;
    const descriptor = openSync(`${file}.new`, 'w', 0o600);
    writeSync(descriptor, text);
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(`${file}.new`, file);
  }
}

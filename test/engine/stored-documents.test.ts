/**
 * Large documents wait encrypted at a Blossom server and are fetched when their reader says so;
 * the server can refuse, lie, hang, send on and send without end. Over a real relay and HTTP.
 * requires: T-30, T-31, T-32, T-33
 */
import { randomBytes } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { hashOf } from '../../web/lib/engine/documents/cipher.ts';
import { Fetches, serverOf } from '../../web/lib/engine/documents/fetches.ts';
import type { Transfer } from '../../web/lib/engine/documents/transfer.ts';
import type { Clock } from '../../web/lib/engine/ports.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { publicOf } from '../fixtures/loan.ts';
import { startBlossom, type BlossomHandle, type Conduct } from '../world/blossom.ts';
import { systemClock } from '../world/system-clock.ts';
import { Estate } from './estate.ts';
import { until } from './until.ts';

const estate = new Estate();
const servers: BlossomHandle[] = [];

afterEach(async () => {
  await estate.close();
  for (const server of servers.splice(0)) await server.stop();
});

const BYTES = Uint8Array.from(randomBytes(3_000_000));
const film = { name: 'film.mp4', sha256: hashOf(BYTES), sizeBytes: BYTES.length, bytes: BYTES };

interface Scene {
  readonly bank: Session;
  readonly asker: Session;
  readonly server: BlossomHandle;
  readonly urls: readonly string[];
}

async function scene(): Promise<Scene> {
  const relay = await estate.relay();
  const urls = [relay.url];
  const server = await startBlossom();
  servers.push(server);
  const bank = await estate.session('bank', urls, systemClock);
  await bank.documents.library.add(film, 'anyone');
  await bank.documents.uploads.useServer(server.url);
  return { bank, asker: await estate.session('stranger', urls, systemClock), server, urls };
}

const transferOf = (session: Session): Transfer | undefined =>
  session.documents.transfers.find(film.sha256);

/** Asks for the film and waits for the answer. */
async function ask({ asker, urls }: Scene, state: string): Promise<void> {
  const { sha256, name } = film;
  await asker.documents.transfers.ask({ sha256, name, holder: publicOf('bank'), urls });
  await until(`the film to be ${state}`, () => transferOf(asker)?.state === state);
}

const fetching = ({ asker, server }: Scene): Promise<void> =>
  asker.documents.fetches.fetch(film.sha256, server.url);

/** The film is at the server, and its reader knows. */
async function stored(): Promise<Scene> {
  const made = await scene();
  await made.bank.documents.uploads.start(film.sha256);
  await ask(made, 'stored');
  return made;
}

it('a large document is uploaded encrypted, and fetched only when its reader says so', async () => {
  const made = await stored();
  const { bank, asker, server } = made;
  const [blob] = server.blobs.keys();
  expect(blob).toBe(bank.documents.library.find(film.sha256)?.kept?.blob);
  expect(blob).not.toBe(film.sha256);
  // A key of its own each time, which is nobody's.
  await bank.documents.uploads.start(film.sha256);
  expect(new Set([...server.uploaders, publicOf('bank')]).size).toBe(3);
  expect(server.fetches).toBe(0);
  await fetching(made);
  const opened = await asker.documents.open(film.sha256);
  expect(opened.state === 'right' && hashOf(opened.bytes)).toBe(film.sha256);
  expect(server.fetches).toBe(1);
});

it('what waits nowhere is handed over by other means, until it is uploaded', async () => {
  const made = await scene();
  await ask(made, 'otherMeans');
  await made.bank.documents.uploads.start(film.sha256);
  await ask(made, 'stored');
});

it('an upload that was refused says why, loses nothing and is begun again', async () => {
  const { bank, server } = await scene();
  const { uploads, library } = bank.documents;
  const refusals: Partial<Record<Conduct, string>> = {
    ...{ refuses: 'refused', small: 'tooLarge', mistakes: 'otherBytes' },
    ...{ busy: 'busy', redirects: 'unreachable', away: 'unreachable' },
  };
  for (const [conduct, problem] of Object.entries(refusals)) {
    server.conduct = conduct as Conduct;
    await uploads.start(film.sha256);
    expect(uploads.find(film.sha256)?.problem).toBe(problem);
    expect(library.find(film.sha256)?.servers).toBeUndefined();
  }
  server.conduct = 'honest';
  const started = uploads.start(film.sha256);
  uploads.cancel(film.sha256);
  await started;
  expect(library.find(film.sha256)?.servers).toBeUndefined();
  await uploads.start(film.sha256);
  expect(library.find(film.sha256)?.servers).toEqual([server.url]);
  expect(uploads.find(film.sha256)).toBeUndefined();
  await server.stop();
  await uploads.start(film.sha256);
  expect(uploads.find(film.sha256)?.problem).toBe('unreachable');
  expect(library.find(film.sha256)?.servers).toEqual([server.url]);
});

it.each([
  ['lies', 'otherBytes'],
  ['endless', 'otherBytes'],
  ['redirects', 'unreachable'],
  ['refuses', 'refused'],
  ['busy', 'busy'],
] as const)('a server that %s is found out, and fetched from again', async (conduct, problem) => {
  const made = await stored();
  made.server.conduct = conduct;
  await fetching(made);
  expect(transferOf(made.asker)).toMatchObject({ state: 'stored', problem });
  // What is sent without end is cut off: it goes no further than the buffers on the way.
  expect(made.server.endlessBytes).toBeLessThan(100_000_000);
  made.server.conduct = 'honest';
  await fetching(made);
  expect(transferOf(made.asker)?.state).toBe('here');
});

it('a server that has it no more, or is gone, is said to be', async () => {
  const made = await stored();
  made.server.forget();
  await fetching(made);
  expect(transferOf(made.asker)?.problem).toBe('notFound');
  await made.server.stop();
  await fetching(made);
  expect(transferOf(made.asker)).toMatchObject({ state: 'stored', problem: 'unreachable' });
});

it('a server that hangs is given up after a while, and can be stopped before', async () => {
  const due = new Set<() => void>();
  const clock: Clock = {
    ...systemClock,
    after: (_, callback) => {
      due.add(callback);
      return () => due.delete(callback);
    },
  };
  const made = await stored();
  const { transfers, changed } = made.asker.documents;
  const fetches = new Fetches(clock, transfers, changed);
  made.server.conduct = 'hangs';
  const halfHere = (): boolean => fetches.progress(film.sha256) === (film.sizeBytes + 16) / 2;
  const first = fetches.fetch(film.sha256, made.server.url);
  await until('half of it', halfHere);
  fetches.cancel(film.sha256);
  await first;
  expect(transferOf(made.asker)?.problem).toBeUndefined();
  const second = fetches.fetch(film.sha256, made.server.url);
  await until('half of it', halfHere);
  for (const callback of [...due]) callback();
  await second;
  expect(transferOf(made.asker)?.problem).toBe('unreachable');
});

it('what is at the server under the right hash, but is another file, is not kept', async () => {
  const made = await scene();
  const { bank, asker } = made;
  const other = Uint8Array.from(randomBytes(film.sizeBytes));
  const held = await bank.documents.library.add(
    { ...film, sha256: hashOf(other), bytes: other },
    'anyone',
  );
  await bank.documents.uploads.start(held.sha256);
  const placed = bank.documents.library.find(held.sha256);
  // A holder that hands out another file under the hash it published.
  Object.assign(bank.documents.library, { find: () => ({ ...placed, sha256: film.sha256 }) });
  await ask(made, 'stored');
  await fetching(made);
  expect(transferOf(asker)?.state).toBe('another');
  expect(await asker.documents.open(film.sha256)).toEqual({ state: 'gone' });
});

it('no host is contacted but the one that was shown', async () => {
  const made = await stored();
  await made.asker.documents.fetches.fetch(film.sha256, 'https://files.example.org');
  expect(made.server.fetches).toBe(0);
  const transfer = transferOf(made.asker);
  expect(transfer?.state).toBe('stored');
  expect(transfer && serverOf(transfer)).toBe(made.server.url);
});

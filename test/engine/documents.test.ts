/**
 * Documents named by hash go to those who may have them, in encrypted pieces; what arrives is
 * compared with the hash that was named. Over a real relay; no wallet.
 * requires: T-14, T-15, T-16
 */
import { randomBytes } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { MAX_SHARED_BYTES, type MessageOf } from '@realyield/protocol';
import { hashOf } from '../../web/lib/engine/documents/cipher.ts';
import type { ReadDocument } from '../../web/lib/engine/documents/library.ts';
import type { Relays } from '../../web/lib/engine/ports.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { Loan, offerDocument, publicOf } from '../fixtures/loan.ts';
import { openSqliteStore } from '../world/sqlite-store.ts';
import { systemClock } from '../world/system-clock.ts';
import { Estate, store } from './estate.ts';
import { until } from './until.ts';

const estate = new Estate();

afterEach(() => estate.close());

function fileOf(name: string, bytes: Uint8Array): ReadDocument & { readonly bytes: Uint8Array } {
  return { name, sha256: hashOf(bytes), sizeBytes: bytes.length, bytes };
}

/** One byte under the limit, so that the last piece is a short one. */
const large = fileOf('accounts.pdf', Uint8Array.from(randomBytes(MAX_SHARED_BYTES - 1)));
const small = fileOf('permit.txt', new TextEncoder().encode('May bake.\n'));

interface Scene {
  readonly urls: readonly string[];
  readonly bank: Session;
  readonly root: string;
}

/** A loan signed by all, whose offer names the files; the bank's client is open. */
async function scene(files: readonly ReadDocument[] = [small, large]): Promise<Scene> {
  const relay = await estate.relay();
  const urls = [relay.url];
  const documents = files.map(({ name, sha256 }) => ({ name, sha256 }));
  const business = { ...offerDocument().business, relays: urls };
  const loan = new Loan({
    startAtSec: systemClock.nowSec() - 900,
    offer: { relays: urls, business, documents },
    investorRelays: urls,
    serving: { arbiter: 'arbiter' },
  });
  loan.signAll();
  store(relay, loan.events);
  const bank = await estate.session('bank', urls, systemClock);
  await known(bank, loan.root);
  return { urls, bank, root: loan.root };
}

function known(session: Session, root: string): Promise<boolean> {
  const status = (): string | undefined => session.catalog.contract(root)?.fold.state.status;
  return until('the contract', () => status() === 'effective');
}

const orderOf = ({ sha256, name }: ReadDocument, urls: readonly string[]) => ({
  ...{ sha256, name, holder: publicOf('bank'), urls },
});

const stateIn = (session: Session, { sha256 }: ReadDocument): string | undefined =>
  session.documents.transfers.find(sha256)?.state;

const untilState = (session: Session, file: ReadDocument, state: string): Promise<boolean> =>
  until(`${file.name} to be ${state}`, () => stateIn(session, file) === state);

it('whoever asks gets a large document whole, under a key that does not say who asks', async () => {
  const { urls, bank } = await scene();
  await bank.documents.library.add(large, 'anyone');
  const asker = await estate.session('stranger', urls, systemClock);
  await asker.documents.transfers.ask(orderOf(large, urls));
  await untilState(asker, large, 'here');
  const opened = await asker.documents.open(large.sha256);
  expect(opened.state === 'right' && hashOf(opened.bytes)).toBe(large.sha256);
  const { asker: key } = asker.documents.transfers.find(large.sha256) ?? {};
  expect(key).not.toBe(publicOf('stranger'));
});

it('for parties only: not for a stranger, but for parties and for who serves', async () => {
  const { urls, bank, root } = await scene([small]);
  await bank.documents.library.add(small, 'parties');
  // Kept for parties too, but nothing the bank signed in this contract names it.
  await bank.documents.library.add(large, 'parties');
  const stranger = await estate.session('stranger', urls, systemClock);
  await stranger.documents.transfers.ask(orderOf(small, urls));
  await untilState(stranger, small, 'partiesOnly');
  const investor = await estate.session('investor', urls, systemClock);
  await known(investor, root);
  const as = publicOf('investor');
  await investor.documents.transfers.ask({ ...orderOf(small, urls), as });
  await untilState(investor, small, 'here');
  await investor.documents.transfers.ask({ ...orderOf(large, urls), as });
  await untilState(investor, large, 'partiesOnly');
  const arbiter = await estate.session('arbiter', urls, systemClock);
  const order = { ...orderOf(small, urls), as: publicOf('arbiter') };
  await arbiter.documents.transfers.ask(order);
  await untilState(arbiter, small, 'here');
});

it('what is too large to be kept is said to be handed over by other means', async () => {
  const { urls, bank } = await scene();
  const film = { name: 'film.mp4', sha256: large.sha256, sizeBytes: MAX_SHARED_BYTES + 1 };
  const { kept } = await bank.documents.library.add(film, 'anyone');
  expect(kept).toBeUndefined();
  const asker = await estate.session('stranger', urls, systemClock);
  await asker.documents.transfers.ask(orderOf(film, urls));
  await untilState(asker, film, 'otherMeans');
});

it('a reload goes on with the pieces that lack; a cancelled transfer leaves nothing', async () => {
  const { urls, bank } = await scene();
  await bank.documents.library.add(large, 'anyone');
  const kept = openSqliteStore(':memory:');
  // The first client hears three messages and no more.
  const first = await estate.session('stranger', urls, systemClock, {
    store: { ...wrapped(kept), close: () => Promise.resolve() },
    relays: hearing(estate.relaysAt(urls), 4),
  });
  await first.documents.transfers.ask(orderOf(large, urls));
  const piecesOf = (session: Session): number => {
    const transfer = session.documents.transfers.find(large.sha256);
    return transfer ? session.documents.transfers.progress(transfer).have : 0;
  };
  await until('some pieces', () => piecesOf(first) === 3);
  await first.stop();
  const again = await estate.session('stranger', urls, systemClock, { store: kept });
  await untilState(again, large, 'here');
  await again.documents.transfers.cancel(large.sha256);
  expect(await kept.all('files')).toEqual([]);
});

it('another file than the one that was named is not taken for it', async () => {
  const { urls, bank } = await scene();
  const held = await bank.documents.library.add(small, 'anyone');
  // A holder that hands out another file under the hash it published.
  Object.assign(bank.documents.library, { find: () => ({ ...held, sha256: large.sha256 }) });
  const asker = await estate.session('stranger', urls, systemClock);
  await asker.documents.transfers.ask(orderOf(large, urls));
  await untilState(asker, large, 'another');
  expect(await asker.documents.open(large.sha256)).toEqual({ state: 'gone' });
});

it('answers from anybody but the holder, or that nobody asked for, change nothing', async () => {
  const { urls } = await scene();
  const asker = await estate.session('stranger', urls, systemClock);
  const { transfers } = asker.documents;
  await transfers.ask(orderOf(large, urls));
  const { transfer = '' } = transfers.find(large.sha256) ?? {};
  const refusal: MessageOf<'documentRefusal'> = {
    ...{ v: 1, type: 'documentRefusal', transfer, code: 'otherMeans' },
  };
  await transfers.receive(refusal, publicOf('business'));
  await transfers.receive({ ...refusal, transfer: hashOf(small.bytes) }, publicOf('bank'));
  expect(stateIn(asker, large)).toBe('asked');
  await transfers.receive(refusal, publicOf('bank'));
  expect(stateIn(asker, large)).toBe('otherMeans');
});

/** A store whose methods stay bound. */
function wrapped(store: ReturnType<typeof openSqliteStore>) {
  return {
    get: store.get.bind(store),
    all: store.all.bind(store),
    byContract: store.byContract.bind(store),
    write: store.write.bind(store),
  };
}

/** Connections that pass on so many gift wraps. */
function hearing(relays: Relays, most: number): Relays {
  let heard = 0;
  return new Proxy(relays, {
    get(target, name) {
      if (name !== 'subscribe') {
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      }
      const subscribe: Relays['subscribe'] = (filters, onEvent, options) =>
        target.subscribe(
          filters,
          (event, url) => {
            const isWrap = (event as { kind?: number }).kind === 1_059;
            if (isWrap) heard += 1;
            if (!isWrap || heard <= most) onEvent(event, url);
          },
          options,
        );
      return subscribe;
    },
  });
}

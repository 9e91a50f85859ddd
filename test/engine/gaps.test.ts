/**
 * What relays do with evidence, on real ones: one withholds, one loses its database, an author
 * deletes, two devices sign at once. Every client ends with the same state, gaps have a name, and
 * what was lost comes back.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { Kind, type ParsedEvent, type SignedEvent } from '@realyield/protocol';
import { startRelay, type RelayHandle } from '../../relay-rules/src/relay/server.ts';
import type { Catalog } from '../../web/lib/engine/catalog.ts';
import { publicOf, signAs, type Loan } from '../fixtures/loan.ts';
import { Estate, movedClock, repaidLoan, store } from './estate.ts';
import { until } from './until.ts';

let estate = new Estate();

afterEach(async () => {
  await estate.close();
  estate = new Estate();
});

interface Scene {
  readonly one: RelayHandle;
  readonly two: RelayHandle;
  readonly urls: readonly [string, string];
  readonly loan: Loan;
}

async function scene(): Promise<Scene> {
  const [one, two] = [await estate.relay(), await estate.relay()];
  const urls = [one.url, two.url] as const;
  return { one, two, urls, loan: repaidLoan(urls) };
}

function hashIn(catalog: Catalog, root: string): string | undefined {
  return catalog.contract(root)?.stateHash;
}

function receiptsOf(loan: Loan): SignedEvent[] {
  return loan.events.filter(({ kind }) => kind === Kind.receipt);
}

/** Until a client has compared a contract on all these relays. */
async function compared(catalog: Catalog, root: string, urls: readonly string[]): Promise<void> {
  await until('every relay to have sent all', () =>
    urls.every((url) => catalog.comparedRelays(root).includes(url)),
  );
}

describe('a relay that withholds', () => {
  it('is named with what it hides, and every client has the same state', async () => {
    const { one, two, urls, loan } = await scene();
    const hidden = receiptsOf(loan)
      .slice(1, 3)
      .map(({ id }) => id);
    store(one, loan.events);
    store(two, loan.events);
    two.setWithhold((event) => hidden.includes(event.id));
    const clock = movedClock();
    const parties = await Promise.all(
      ['investor', 'business', 'bank'].map((name) => estate.session(name, urls, clock)),
    );
    // One who uses the withholding relay alone: the contract names the other.
    const stranger = await estate.stranger([two.url], clock);
    const catalogs = [...parties.map(({ catalog }) => catalog), stranger];
    stranger.watch(loan.root);
    for (const catalog of catalogs) await compared(catalog, loan.root, urls);
    const hashes = new Set(catalogs.map((catalog) => hashIn(catalog, loan.root)));
    expect([...hashes]).toEqual([hashIn(stranger, loan.root)]);
    expect(stranger.contract(loan.root)?.fold.state.payments).toHaveLength(11);
    for (const catalog of catalogs) {
      expect(catalog.gaps(loan.root)).toEqual([
        { url: two.url, shownBy: [one.url], ids: expect.any(Array) as string[] },
      ]);
      expect([...(catalog.gaps(loan.root)[0]?.ids ?? [])].sort()).toEqual([...hidden].sort());
    }
  });

  it('together with all others leaves a gap that signed events name', async () => {
    const { one, two, urls, loan } = await scene();
    const [first] = receiptsOf(loan);
    if (!first) throw new Error('there are receipts');
    const rest = loan.events.filter(({ id }) => id !== first.id);
    store(one, rest);
    store(two, rest);
    const catalog = await estate.stranger(urls, movedClock());
    catalog.watch(loan.root);
    await compared(catalog, loan.root, urls);
    expect(catalog.contract(loan.root)?.fold.missing).toEqual([first.id]);
    two.injectUnchecked(first);
    await catalog.askAgain(loan.root);
    expect(catalog.contract(loan.root)?.fold.missing).toEqual([]);
    expect(hashIn(catalog, loan.root)).toBe(hashIn(await fresh(urls, loan.root), loan.root));
  });
});

async function fresh(urls: readonly string[], root: string): Promise<Catalog> {
  const catalog = await estate.stranger(urls, movedClock());
  catalog.watch(root);
  await compared(catalog, root, urls);
  return catalog;
}

describe('a relay that lost its database', () => {
  it('has everything back from one party’s client, whoever signed it', async () => {
    const one = await estate.relay();
    const lost = await startRelay();
    const urls = [one.url, lost.url];
    const loan = repaidLoan(urls);
    for (const relay of [one, lost]) store(relay, loan.events);
    const clock = movedClock();
    const bank = await estate.session('bank', urls, clock);
    await compared(bank.catalog, loan.root, urls);
    clock.aheadSec = 120;
    await bank.takeOver();
    await until('the bank to be at work', () => bank.isRunning);
    await lost.stop();
    await estate.relay({ port: lost.port });
    const ids = loan.events.map(({ id }) => id);
    const relays = estate.relaysAt([lost.url]);
    await until('everything to be back', async () => {
      const { events } = await relays.query([{ ids }]);
      return events.length === ids.length;
    });
    await until('the bank to say so', () =>
      bank.activity.lines(loan.root).some(({ code }) => code === 'SENT_AGAIN'),
    );
  });
});

describe('a relay that forgets while it stays connected', () => {
  it('is found out in the hour that comes', async () => {
    const { one, two, urls, loan } = await scene();
    for (const relay of [one, two]) store(relay, loan.events);
    const clock = movedClock();
    const bank = await estate.session('bank', urls, clock);
    await compared(bank.catalog, loan.root, urls);
    const [, receipt] = receiptsOf(loan);
    two.setWithhold(({ id }) => id === receipt?.id);
    expect(bank.catalog.gaps(loan.root)).toEqual([]);
    clock.aheadSec = 3_700;
    await bank.takeOver();
    const told = `${two.url} had lost one event of this contract, and has it again.`;
    await until('the relay to be given it again', () =>
      bank.activity.lines(loan.root).some(({ sentence }) => sentence === told),
    );
  });
});

describe('an author who deletes', () => {
  it('takes nothing from the others, and is not pressed upon a relay that obeys', async () => {
    const { one, two, urls, loan } = await scene();
    store(one, loan.events);
    store(two, loan.events);
    const clock = movedClock();
    const bank = await estate.session('bank', urls, clock);
    await compared(bank.catalog, loan.root, urls);
    const before = hashIn(bank.catalog, loan.root);
    const own = receiptsOf(loan).filter(({ pubkey }) => pubkey === publicOf('investor'));
    const tags = own.map(({ id }) => ['e', id]);
    const deletion = signAs('investor', {
      kind: 5,
      created_at: clock.nowSec(),
      tags,
      content: '',
    });
    const business = await estate.session('business', urls, clock);
    const [outcome] = await estate.relaysAt([two.url]).publish(deletion);
    expect(outcome?.accepted).toBe(true);
    clock.aheadSec = 30;
    expect(hashIn(bank.catalog, loan.root)).toBe(before);
    const sent = await bank.sendAgain(loan.root);
    expect(sent.find(({ url }) => url === two.url)).toEqual({
      url: two.url,
      sent: 0,
      refused: own.length,
    });
    await compared(business.catalog, loan.root, urls);
    expect(hashIn(business.catalog, loan.root)).toBe(before);
    expect(hashIn(await fresh(urls, loan.root), loan.root)).toBe(before);
  });
});

function closuresIn(catalog: Catalog, root: string): readonly ParsedEvent[] {
  return catalog.eventsOf(root).filter(({ event }) => event.kind === Kind.notice);
}

function prevOf(parsed: ParsedEvent | undefined): readonly string[] {
  return parsed && 'prev' in parsed.document ? parsed.document.prev : [];
}

describe('two devices of one party', () => {
  it('sign at the same time, and their next event joins both', async () => {
    const { one, two, urls, loan } = await scene();
    store(one, loan.events);
    store(two, loan.events);
    const first = await estate.session('bank', urls, movedClock());
    const second = await estate.session('bank', urls, movedClock(1));
    for (const { catalog } of [first, second]) await compared(catalog, loan.root, urls);
    for (const relay of [one, two]) relay.setWithhold(({ kind }) => kind === Kind.notice);
    const closed = [
      await first.agreements.close(loan.root),
      await second.agreements.close(loan.root),
    ];
    const ids = closed.map((result) => (result.ok ? result.value : result.code));
    expect(new Set(ids).size).toBe(2);
    const own = [first, second].map(({ catalog }) => closuresIn(catalog, loan.root));
    expect(own.map((list) => list.length)).toEqual([1, 1]);
    expect(prevOf(own[0]?.[0])).toEqual(prevOf(own[1]?.[0]));
    for (const relay of [one, two]) {
      relay.setWithhold(null);
      relay.dropConnections();
    }
    for (const { catalog } of [first, second]) {
      await until('both closures', () => closuresIn(catalog, loan.root).length === 2);
    }
    const hash = hashIn(first.catalog, loan.root);
    expect(hashIn(second.catalog, loan.root)).toBe(hash);
    expect(hashIn(await fresh(urls, loan.root), loan.root)).toBe(hash);
    expect(first.catalog.contract(loan.root)?.fold.state.finalEvents).toHaveLength(2);
    const joined = await first.agreements.close(loan.root);
    expect(joined.ok).toBe(true);
    const joining = closuresIn(first.catalog, loan.root).find(
      ({ event }) => joined.ok && event.id === joined.value,
    );
    expect([...prevOf(joining)].sort()).toEqual([...ids].sort());
  });
});

/** Relay lists people publish (NIP-65), what is written where, and what may be typed as a relay. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { foldContract } from '@realyield/protocol';
import { buildRelayLists, readRelayList, RelayDirectory } from '../web/lib/engine/relay-lists.ts';
import { readAddress } from '../web/lib/state/relay-choice.ts';
import { Estate, movedClock } from './engine/estate.ts';
import { Loan, publicOf, signAs } from './fixtures/loan.ts';

const nowSec = Math.floor(Date.now() / 1_000);
let estate = new Estate();

afterEach(async () => {
  await estate.close();
  estate = new Estate();
});

function listBy(name: string, tags: string[][], atSec = nowSec) {
  return signAs(name, { kind: 10_002, created_at: atSec, tags, content: '' });
}

describe('a published list', () => {
  test('names each relay once, encrypted ones only, and no more than ten', () => {
    const tags = [
      ['r', 'wss://both.example/'],
      ['r', 'wss://in.example', 'read'],
      ['r', 'wss://out.example', 'write'],
      ['r', 'wss://in.example/', 'write'],
      ['r', 'ws://open.example'],
      ['r', 'https://page.example'],
      ['p', 'wss://no.example'],
      ['r'],
      ...Array.from({ length: 20 }, (_, at) => ['r', `wss://many${at}.example`]),
    ];
    const uses = readRelayList({ tags });
    expect(uses.slice(0, 3)).toEqual([
      { url: 'wss://both.example', read: true, write: true },
      { url: 'wss://in.example', read: true, write: true },
      { url: 'wss://out.example', read: false, write: true },
    ]);
    expect(uses).toHaveLength(10);
    const [list, mail] = buildRelayLists(uses, nowSec);
    expect(readRelayList({ tags: list?.tags ?? [] })).toEqual(uses);
    expect(mail?.tags).toHaveLength(9);
  });

  test('counts in its newest genuine version, whichever relay has it', async () => {
    const [one, two] = [await estate.relay(), await estate.relay()];
    const genuine = listBy('bank', [['r', 'wss://new.example']], nowSec - 10);
    one.injectUnchecked(listBy('bank', [['r', 'wss://old.example']], nowSec - 50));
    two.injectUnchecked(genuine);
    const forged = { ...genuine, tags: [['r', 'wss://forged.example']], created_at: nowSec };
    one.injectUnchecked(forged);
    one.injectUnchecked(listBy('business', [['r', 'wss://theirs.example']]));
    const relays = estate.relaysAt([one.url, two.url]);
    const ports = { relays, verifier: estate.verifier, clock: movedClock() };
    const directory = new RelayDirectory(ports);
    directory.want([publicOf('bank')]);
    await vi.waitUntil(() => directory.of(publicOf('bank')).length > 0, { timeout: 30_000 });
    expect(directory.of(publicOf('bank')).map(({ url }) => url)).toEqual(['wss://new.example']);
    expect(directory.of(publicOf('business'))).toEqual([]);
  });
});

describe('an event of a contract', () => {
  test('goes where the contract says, where we write, and to two that a party reads', async () => {
    const relay = await estate.relay();
    const loan = new Loan({ startAtSec: nowSec - 900 });
    loan.signAll();
    const many = Array.from({ length: 9 }, (_, at) => ['r', `wss://read${at}.example`, 'read']);
    relay.injectUnchecked(listBy('bank', [['r', 'wss://written.example', 'write'], ...many]));
    const relays = estate.relaysAt([relay.url]);
    const ports = { relays, verifier: estate.verifier, clock: movedClock() };
    const directory = new RelayDirectory(ports);
    await directory.look([publicOf('bank')]);
    const fold = foldContract(loan.root, loan.parsed);
    if (!fold.ok) throw new Error(fold.code);
    expect(directory.deliveryUrls(fold.value.state)).toEqual([
      'ws://127.0.0.1:7001',
      relay.url,
      'wss://read0.example',
      'wss://read1.example',
    ]);
  });
});

describe('a relay that the person does not want', () => {
  test('is not contacted, whoever names it', async () => {
    const [own, other] = [await estate.relay(), await estate.relay()];
    const relays = estate.relaysAt([own.url]);
    await relays.publish(listBy('bank', []), [other.url]);
    expect(relays.others().map(({ url }) => url)).toEqual([other.url]);
    relays.block([other.url, own.url]);
    await vi.waitUntil(() => other.statistics().connections === 0, { timeout: 30_000 });
    const outcomes = await relays.publish(listBy('bank', []), [own.url, other.url]);
    expect(outcomes.map(({ accepted }) => accepted)).toEqual([true, false]);
    expect(relays.others()).toEqual([]);
  });
});

describe('a typed address', () => {
  const sentenceFor = (typed: string, inUse: string[] = []): string => {
    const read = readAddress(typed, inUse);
    return read.ok ? read.url : read.sentence;
  };

  test('needs no scheme, and is told what is wrong with it', () => {
    expect(sentenceFor(' Relay.Example.org/ ')).toBe('wss://relay.example.org');
    expect(sentenceFor('ws://127.0.0.1:7777')).toBe('ws://127.0.0.1:7777');
    expect(sentenceFor('')).toMatch(/^Type the address/);
    expect(sentenceFor('https://relay.example')).toMatch(/begins with wss:/);
    expect(sentenceFor('ws://relay.example')).toMatch(/not encrypted/);
    expect(sentenceFor('relay')).toMatch(/not the address of a relay/);
    expect(sentenceFor('two words')).toMatch(/not the address of a relay/);
    expect(sentenceFor('relay.example', ['wss://relay.example/'])).toMatch(/already/);
    const full = Array.from({ length: 10 }, (_, at) => `wss://r${at}.example`);
    expect(sentenceFor('relay.example', full)).toMatch(/^10 relays are enough/);
  });
});

/**
 * Subscriptions: each shows what its filters ask for, live as stored, and nothing else.
 * Spec: NIP-01, NIP-11, NIP-45, NIP-77.
 */
import type { SignedEvent } from '@realyield/protocol';
import { nip77 } from 'nostr-tools';
import { nowSec, type Client, type Signer } from './client.ts';
import { ask, idsOf, NotOffered, publish, require, type Bench, type Check } from './suite.ts';

/** Application data (NIP-78): carried by every relay the protocol uses, and nobody else's. */
const KIND = 30_078;

/** Some events of one key that differ in every field filters can ask for. */
async function publishSome(bench: Bench): Promise<{
  readonly client: Client;
  readonly signer: Signer;
  readonly events: readonly [SignedEvent, SignedEvent, SignedEvent];
}> {
  const client = await bench.connect();
  const signer = bench.signer();
  const at = nowSec() - 60;
  const sign = (index: number, kind: number, ...tags: string[][]): SignedEvent =>
    signer.sign({ kind, created_at: at + index, tags });
  const events = [
    sign(0, KIND, ['d', 'a'], ['t', 'x'], ['p', signer.publicKeyHex]),
    sign(1, KIND, ['d', 'b'], ['t', 'x'], ['t', 'y']),
    sign(1, 10_002, ['r', 'wss://a.example']),
  ] as const;
  for (const event of events) await publish(bench, client, signer, event);
  return { client, signer, events: [...events] };
}

async function storedFilters(bench: Bench): Promise<void> {
  const { client, signer, events } = await publishSome(bench);
  const [first, second, list] = events;
  const authors = [signer.publicKeyHex];
  const cases: [string, object, readonly SignedEvent[]][] = [
    ['ids', { ids: [first.id, list.id] }, [first, list]],
    ['authors', { authors }, events],
    ['kinds', { authors, kinds: [KIND] }, [first, second]],
    ['a tag', { authors, '#d': ['b', 'c'] }, [second]],
    ['three tags', { '#d': ['a'], '#t': ['x'], '#p': [signer.publicKeyHex] }, [first]],
    ['a tag no event has', { authors, '#t': ['z'] }, []],
    ['since', { authors, since: second.created_at }, [second, list]],
    ['until', { authors, until: first.created_at }, [first]],
    ['limit', { authors, kinds: [KIND], limit: 1 }, [second]],
  ];
  for (const [name, filter, expected] of cases) {
    const found = await ask(client, filter);
    require(idsOf(found) === idsOf(expected), `a filter by ${name} is answered wrongly`);
  }
  const sorted = await ask(client, { authors });
  const lowest = [second, list].sort((left, right) => (left.id < right.id ? -1 : 1));
  const order = [...lowest, first].map(({ id }) => id).join();
  require(sorted.map(({ id }) => id).join() ===
    order, 'answers are not newest first, lowest id first within a second');
}

async function liveFilters(bench: Bench): Promise<void> {
  const [writer, reader] = [await bench.connect(), await bench.connect()];
  const signer = bench.signer();
  const mine = bench.signer().publicKeyHex;
  await reader.request('mine', { kinds: [24_133], '#p': [mine] });
  await reader.request('other', { kinds: [KIND], '#p': [mine] });
  const sign = (to: string): SignedEvent => signer.sign({ kind: 24_133, tags: [['p', to]] });
  await publish(bench, writer, signer, sign('00'.repeat(32)));
  await publish(bench, writer, signer, signer.sign({ kind: KIND, tags: [['d', 'live']] }));
  const wanted = sign(mine);
  await publish(bench, writer, signer, wanted);
  const [, , received] = await reader.next('EVENT', 'mine');
  // Events come in the order they were published: what leaked would have come before.
  require((received as SignedEvent).id === wanted.id, 'a live event came that was not asked for');
  // Answered after whatever was sent before.
  await ask(reader, { ids: [wanted.id] });
  const leaked = [...reader.takeEvents('mine'), ...reader.takeEvents('other')];
  require(leaked.length === 0, 'a live event came that was not asked for');
}

async function manyFilters(bench: Bench): Promise<void> {
  const { client, signer, events } = await publishSome(bench);
  const [first, second] = events;
  const none = Array.from({ length: 7 }, (_, index) => ({ ids: [`${index}`.repeat(64)] }));
  const filters = [{ ids: [first.id] }, ...none, { '#d': ['a', 'b'], authors: [first.pubkey] }];
  const found = await client.request('many', ...filters);
  require(idsOf(found) === idsOf([first, second]), 'nine filters at once are answered wrongly');
  const live = signer.sign({ kind: KIND, tags: [['d', 'b']] });
  await publish(bench, client, signer, live);
  const [, , received] = await client.next('EVENT', 'many');
  require((received as SignedEvent).id === live.id, 'a live event came to the wrong filter');
}

async function manySubscriptions(bench: Bench): Promise<void> {
  const [writer, reader] = [await bench.connect(), await bench.connect()];
  const signer = bench.signer();
  const announced = bench.information?.limitation['max_subscriptions'];
  const most = typeof announced === 'number' ? announced : 20;
  const count = Math.min(most, 40);
  const names = Array.from({ length: count }, (_, index) => `s${index}`);
  for (const name of names) await reader.request(name, { authors: [signer.publicKeyHex] });
  const event = signer.sign({ kind: KIND, tags: [['d', 'subscriptions']] });
  await publish(bench, writer, signer, event);
  for (const name of names) await reader.next('EVENT', name);
  if (most > 200) return;
  for (let more = count; more < most; more += 1)
    await reader.request(`s${more}`, { ids: [event.id] });
  reader.send(['REQ', 'onemore', { ids: [event.id] }]);
  await reader.next('CLOSED', 'onemore');
}

async function replacedAndClosed(bench: Bench): Promise<void> {
  const [writer, reader] = [await bench.connect(), await bench.connect()];
  const signer = bench.signer();
  const authors = [signer.publicKeyHex];
  await reader.request('s', { authors, kinds: [KIND] });
  await reader.request('s', { authors, kinds: [24_133] });
  await publish(bench, writer, signer, signer.sign({ kind: KIND, tags: [['d', 'replaced']] }));
  const wanted = signer.sign({ kind: 24_133, tags: [['p', signer.publicKeyHex]] });
  await publish(bench, writer, signer, wanted);
  const [, , received] = await reader.next('EVENT', 's');
  require((received as SignedEvent).id === wanted.id, 'the replaced filters still count');
  reader.send(['CLOSE', 's']);
  await reader.request('other', { authors, kinds: [KIND], limit: 0 });
  const later = signer.sign({ kind: KIND, tags: [['d', 'closed']] });
  await publish(bench, writer, signer, later);
  await reader.next('EVENT', 'other');
  require(reader.takeEvents('s').length === 0, 'a closed subscription goes on');
}

async function count(bench: Bench): Promise<void> {
  const { client, signer } = await publishSome(bench);
  const authors = [signer.publicKeyHex];
  client.send(['COUNT', 'count', { authors, kinds: [KIND] }, { authors, '#d': ['a'] }]);
  const [, , answer] = await client.next('COUNT', 'count');
  const { count: counted } = answer as { readonly count: number };
  require(counted === 2, `counted ${counted} of two events`);
}

async function negentropy(bench: Bench): Promise<void> {
  const { client, signer, events } = await publishSome(bench);
  const storage = new nip77.NegentropyStorageVector();
  storage.insert(events[0].created_at, events[0].id);
  storage.seal();
  const asking = new nip77.Negentropy(storage);
  const filter = { authors: [signer.publicKeyHex], kinds: [KIND] };
  const need: string[] = [];
  client.send(['NEG-OPEN', 'sync', filter, asking.initiate()]);
  for (;;) {
    const [, , answer] = await client.next('NEG-MSG', 'sync');
    const message = asking.reconcile(String(answer), undefined, (id) => need.push(id));
    if (message === null) break;
    client.send(['NEG-MSG', 'sync', message]);
  }
  client.send(['NEG-CLOSE', 'sync']);
  require(need.join() === events[1].id, 'the difference of two sets is not what it is');
}

async function limits(bench: Bench): Promise<void> {
  if (bench.information === null) throw new NotOffered('the relay has no information document');
  const { limitation } = bench.information;
  const expected = ['max_message_length', 'max_subscriptions', 'max_limit'];
  const missing = expected.filter((name) => typeof limitation[name] !== 'number');
  require(missing.length === 0, `not announced: ${missing.join(', ')}`);
}

/** How a relay answers those who ask. */
export const SERVING_CHECKS: readonly Check[] = [
  { name: 'limits', title: 'limits are announced (NIP-11)', run: limits },
  { name: 'filters', title: 'stored events answer every field of a filter', run: storedFilters },
  { name: 'live', title: 'live events reach those who asked, and nobody else', run: liveFilters },
  { name: 'many filters', title: 'many filters at once, each event once', run: manyFilters },
  {
    name: 'many subscriptions',
    title: 'every announced subscription lives; one more is closed in words',
    run: manySubscriptions,
  },
  { name: 'close', title: 'a subscription replaced or closed ends', run: replacedAndClosed },
  { name: 'count', title: 'events are counted (NIP-45)', nip: 45, run: count },
  { name: 'sync', title: 'sets are reconciled (NIP-77)', nip: 77, run: negentropy },
];

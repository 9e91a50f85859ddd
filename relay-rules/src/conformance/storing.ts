/**
 * What a relay keeps, replaces, forgets and refuses. Spec: NIP-01, 09, 40, 62, 70.
 */
import type { SignedEvent } from '@realyield/protocol';
import { nowSec, type Client, type Signer } from './client.ts';
import { ask, idsOf, NotOffered, publish, require, type Bench, type Check } from './suite.ts';

const KIND = 30_078;
const FIRST_2020_SEC = 1_577_836_800;

async function open(bench: Bench): Promise<readonly [Client, Signer]> {
  return [await bench.connect(), bench.signer()];
}

async function forgedCopy(bench: Bench): Promise<void> {
  const [client, signer] = await open(bench);
  const event = signer.sign({ kind: KIND, tags: [['d', 'genuine']] });
  const other = signer.sign({ kind: KIND, tags: [['d', 'other']] });
  const [forgedAccepted] = await client.publish({ ...event, sig: other.sig });
  require(!forgedAccepted, 'an event with a wrong signature was accepted');
  const [changedAccepted] = await client.publish({ ...event, content: 'changed' });
  require(!changedAccepted, 'an event with a wrong id was accepted');
  await publish(bench, client, signer, event);
  const found = await ask(client, { ids: [event.id] });
  require(idsOf(found) === event.id && found[0]?.sig === event.sig, 'the genuine event is missing');
}

async function duplicate(bench: Bench): Promise<void> {
  const [client, signer] = await open(bench);
  const event = signer.sign({ kind: KIND, tags: [['d', 'twice']] });
  await publish(bench, client, signer, event);
  await publish(bench, client, signer, event);
  require((await ask(client, { ids: [event.id] })).length === 1, 'it is there twice');
}

async function keepsNewest(bench: Bench, kind: number, tags: readonly string[][]): Promise<void> {
  const [client, signer] = await open(bench);
  const at = nowSec() - 10;
  const sign = (content: string, created_at: number): SignedEvent =>
    signer.sign({ kind, tags: [...tags], content, created_at });
  const old = sign('old', at - 1);
  const [low, high] = [sign('a', at), sign('b', at)].sort((left, right) =>
    left.id < right.id ? -1 : 1,
  ) as [SignedEvent, SignedEvent];
  const filter = { authors: [signer.publicKeyHex], kinds: [kind] };
  for (const event of [old, high, low]) await publish(bench, client, signer, event);
  require(idsOf(await ask(client, filter)) ===
    low.id, 'of one second, the lowest id is not the one kept');
  for (const event of [high, old]) await client.publish(event);
  require(idsOf(await ask(client, filter)) === low.id, 'an older one came back');
  if (kind < 30_000) return;
  const beside = signer.sign({ kind, tags: [['d', 'beside']], created_at: at });
  await publish(bench, client, signer, beside);
  const both = await ask(client, filter);
  require(idsOf(both) === idsOf([low, beside]), 'another "d" replaced it');
}

async function ephemeral(bench: Bench): Promise<void> {
  const [writer, signer] = await open(bench);
  const reader = await bench.connect();
  const filter = { kinds: [24_133], authors: [signer.publicKeyHex] };
  await reader.request('live', filter);
  const event = signer.sign({ kind: 24_133, tags: [['p', signer.publicKeyHex]] });
  await publish(bench, writer, signer, event);
  await reader.next('EVENT', 'live');
  const kept = await ask(reader, filter);
  require(kept.length === 0, 'an ephemeral event is kept');
}

async function deletion(bench: Bench): Promise<void> {
  const [client, signer] = await open(bench);
  const at = nowSec() - 20;
  const sign = (d: string, created_at: number): SignedEvent =>
    signer.sign({ kind: KIND, tags: [['d', d]], created_at });
  const [gone, kept, addressed] = [sign('gone', at), sign('kept', at), sign('addressed', at)];
  for (const event of [gone, kept, addressed]) await publish(bench, client, signer, event);
  const tags = [
    ['e', gone.id],
    ['a', `${KIND}:${signer.publicKeyHex}:addressed`],
  ];
  const request = signer.sign({ kind: 5, tags, created_at: at + 5 });
  await publish(bench, client, signer, request);
  const filter = { authors: [signer.publicKeyHex] };
  const left = async () => idsOf(await ask(client, filter));
  require((await left()) === idsOf([kept, request]), 'what was deleted is still served');
  for (const event of [gone, addressed]) await client.publish(event);
  require((await left()) === idsOf([kept, request]), 'what was deleted came back');
  const renewed = sign('addressed', at + 10);
  await publish(bench, client, signer, renewed);
  require((await left()) === idsOf([kept, request, renewed]), 'a deletion reached a later version');
}

async function deletionOfOthers(bench: Bench): Promise<void> {
  const [client, signer] = await open(bench);
  const other = bench.signer();
  const event = signer.sign({ kind: KIND, tags: [['d', 'mine']] });
  await publish(bench, client, signer, event);
  const tags = [
    ['e', event.id],
    ['a', `${KIND}:${signer.publicKeyHex}:mine`],
  ];
  await client.publish(other.sign({ kind: 5, tags }));
  const found = await ask(client, { ids: [event.id] });
  require(found.length === 1, 'somebody else deleted it');
}

async function vanish(bench: Bench): Promise<void> {
  const [client, signer] = await open(bench);
  const at = nowSec() - 20;
  const other = bench.signer();
  const own = signer.sign({ kind: KIND, tags: [['d', 'own']], created_at: at });
  const content = JSON.stringify(own);
  const foreign = other.sign({ kind: KIND, tags: [['d', 'copy']], content, created_at: at });
  await publish(bench, client, signer, own);
  await publish(bench, client, other, foreign);
  const tags = [['relay', bench.url]];
  await publish(bench, client, signer, signer.sign({ kind: 62, tags, created_at: at + 5 }));
  const [accepted] = await client.publish(own);
  require(!accepted, 'what vanished was taken back');
  const found = await ask(client, { ids: [own.id, foreign.id] });
  require(idsOf(found) === foreign.id, 'not exactly the author’s own events vanished');
}

async function expiration(bench: Bench): Promise<void> {
  const [client, signer] = await open(bench);
  const tags = [
    ['d', 'expired'],
    ['expiration', String(nowSec() - 5)],
  ];
  const event = signer.sign({ kind: KIND, tags, created_at: nowSec() - 60 });
  await client.publish(event);
  const found = await ask(client, { ids: [event.id] });
  require(found.length === 0, 'an expired event is served');
}

async function protectedEvents(bench: Bench): Promise<void> {
  const [client, signer] = await open(bench);
  const [accepted] = await client.publish(signer.sign({ kind: KIND, tags: [['d', 'p'], ['-']] }));
  require(!accepted, 'somebody who is not known as its author published a protected event');
}

async function future(bench: Bench): Promise<void> {
  const bound = bench.information?.limitation['created_at_upper_limit'];
  if (typeof bound !== 'number') throw new NotOffered('no bound on the future is announced');
  const [client, signer] = await open(bench);
  const created_at = nowSec() + bound + 600;
  const [accepted] = await client.publish(
    signer.sign({ kind: KIND, tags: [['d', 'f']], created_at }),
  );
  require(!accepted, 'an event beyond the announced bound was accepted');
}

async function past(bench: Bench): Promise<void> {
  const [client, signer] = await open(bench);
  const event = signer.sign({ kind: KIND, tags: [['d', 'old']], created_at: FIRST_2020_SEC });
  await publish(bench, client, signer, event);
}

async function size(bench: Bench): Promise<void> {
  const [client, signer] = await open(bench);
  const event = signer.sign({ kind: KIND, tags: [['d', 'large']], content: 'x'.repeat(60_000) });
  await publish(bench, client, signer, event);
}

async function facts(bench: Bench): Promise<void> {
  const [client, signer] = await open(bench);
  const [accepted] = await client.publish(signer.sign({ kind: 2_813, content: '{"v":1}' }));
  if (accepted) throw new NotOffered('it takes facts no reader can use');
}

async function durability(bench: Bench): Promise<void> {
  if (!bench.restart) throw new NotOffered('only tested on a relay the suite may kill');
  const [client, signer] = await open(bench);
  const events = Array.from({ length: 200 }, (_, at) =>
    signer.sign({ kind: KIND, tags: [['d', String(at)]] }),
  );
  for (const event of events) client.send(['EVENT', event]);
  const answered: string[] = [];
  while (answered.length < 60) {
    const [, id, accepted] = await client.next('OK');
    if (accepted === true) answered.push(String(id));
  }
  await bench.restart();
  const reader = await bench.connect();
  const found = await ask(reader, { authors: [signer.publicKeyHex] });
  const stored = new Set(found.map(({ id }) => id));
  const lost = answered.filter((id) => !stored.has(id));
  require(lost.length === 0, `${lost.length} events answered with OK are gone`);
}

/** What becomes of what is published. */
export const STORING_CHECKS: readonly Check[] = [
  { name: 'forgery', title: 'a forged copy is refused and blocks nothing', run: forgedCopy },
  { name: 'duplicate', title: 'the same event twice is one, and no error', run: duplicate },
  {
    name: 'replaceable',
    title: 'the newest list is kept; of one second the lowest id',
    run: (bench) => keepsNewest(bench, 10_002, []),
  },
  {
    name: 'addressable',
    title: 'the same for each "d" of an addressable kind',
    run: (bench) => keepsNewest(bench, KIND, [['d', 'version']]),
  },
  { name: 'ephemeral', title: 'ephemeral events are passed on and not kept', run: ephemeral },
  { name: 'deletion', title: 'an author’s deletion holds (NIP-09)', nip: 9, run: deletion },
  {
    name: 'deletion of others',
    title: 'nobody deletes what others signed (NIP-09)',
    run: deletionOfOthers,
  },
  { name: 'vanish', title: 'a key that asks is forgotten (NIP-62)', nip: 62, run: vanish },
  { name: 'expiration', title: 'expired events are not served (NIP-40)', nip: 40, run: expiration },
  {
    name: 'protected',
    title: 'protected events come from their author only (NIP-70)',
    nip: 70,
    run: protectedEvents,
  },
  { name: 'future', title: 'the announced bound on the future holds', run: future },
  { name: 'past', title: 'evidence of years ago may be published again', run: past },
  { name: 'size', title: 'the largest event of the protocol fits', run: size },
  { name: 'facts', title: 'facts no reader can use are refused (relays.md)', run: facts },
  { name: 'durability', title: 'what was answered with OK survives kill -9', run: durability },
];

/**
 * Set reconciliation with nostr-tools on the asking side. Spec: NIP-77.
 */
import { nip77 } from 'nostr-tools';
import { describe, expect, test } from 'vitest';
import { buildNegentropySet } from './negentropy.ts';
import { createSigner, nowSec, useRelays, type Client } from './testing.ts';

const { start, connect } = useRelays();

interface Position {
  readonly id: string;
  readonly created_at: number;
}

function fakePositions(count: number, seed: number): Position[] {
  return Array.from({ length: count }, (_, at) => ({
    // Any 32 bytes serve as an id here; a third of the times coincide.
    id: ((BigInt(at + 1) * 0x9e3779b97f4a7c15f39cc0605cedc834n + BigInt(seed)) % 2n ** 256n)
      .toString(16)
      .padStart(64, '0'),
    created_at: 1_700_000_000 + Math.floor(at / 3),
  }));
}

function storageOf(positions: readonly Position[]): nip77.NegentropyStorageVector {
  const storage = new nip77.NegentropyStorageVector();
  for (const { id, created_at } of positions) storage.insert(created_at, id);
  storage.seal();
  return storage;
}

function reconcile(ours: readonly Position[], theirs: readonly Position[], frameBytes = 60_000) {
  const asking = new nip77.Negentropy(storageOf(ours));
  const answering = buildNegentropySet(theirs, frameBytes);
  const [have, need] = [new Set<string>(), new Set<string>()];
  let rounds = 0;
  for (let message: string | null = asking.initiate(); message !== null; rounds += 1) {
    if (rounds > 1_000) throw new Error('no end in sight');
    const answer = answering.answer(message);
    expect(answer.length).toBeLessThanOrEqual(frameBytes * 2);
    message = asking.reconcile(
      answer,
      (id) => have.add(id),
      (id) => need.add(id),
    );
  }
  return { have: [...have].sort(), need: [...need].sort(), rounds };
}

const idsOf = (positions: readonly Position[]) => positions.map(({ id }) => id).sort();

describe('the answering side', () => {
  const shared = fakePositions(3_000, 1);
  test.each([
    ['both empty', [], []],
    ['we have nothing', [], shared],
    ['they have nothing', shared, []],
    ['equal', shared, shared],
    ['a few differ', shared.slice(3), shared.slice(0, -5)],
    ['every other one', shared.filter((_, at) => at % 2), shared.filter((_, at) => at % 3)],
    ['few items', shared.slice(0, 10), shared.slice(5, 20)],
  ])('finds both differences when %s', (_name, ours, theirs) => {
    for (const frameBytes of [60_000, 4_096]) {
      const { have, need } = reconcile(ours, theirs, frameBytes);
      const [ourIds, theirIds] = [new Set(idsOf(ours)), new Set(idsOf(theirs))];
      expect(have).toEqual(idsOf(ours).filter((id) => !theirIds.has(id)));
      expect(need).toEqual(idsOf(theirs).filter((id) => !ourIds.has(id)));
    }
  });

  test.each([
    '',
    'zz',
    '6',
    '00',
    '6100',
    '61000003',
    '610000020',
    '6101ff',
    '61ffffffffffffffffff',
  ])('refuses %j', (message) => {
    expect(() => buildNegentropySet(shared, 60_000).answer(message)).toThrow();
  });

  test('tells a newer client its own version', () => {
    expect(buildNegentropySet(shared, 60_000).answer('62')).toBe('61');
  });
});

describe('over the wire', () => {
  async function syncIds(client: Client, filter: object): Promise<string[]> {
    const asking = new nip77.Negentropy(storageOf([]));
    const need: string[] = [];
    client.send(['NEG-OPEN', 'n', filter, asking.initiate()]);
    for (;;) {
      const [, , answer] = await client.next('NEG-MSG', 'n');
      const message = asking.reconcile(String(answer), undefined, (id) => need.push(id));
      if (message === null) break;
      client.send(['NEG-MSG', 'n', message]);
    }
    client.send(['NEG-CLOSE', 'n']);
    return need.sort();
  }

  test('a client learns the ids of a filter, without the wraps of others', async () => {
    const relay = await start({ requireAuthForWraps: true });
    const client = await connect(relay);
    const signer = createSigner();
    const events = Array.from({ length: 50 }, (_, at) =>
      signer.sign({ kind: at % 2, created_at: nowSec() - at, content: String(at) }),
    );
    for (const event of events) await client.publish(event);
    await client.publish(signer.sign({ kind: 1_059, tags: [['p', signer.publicKeyHex]] }));
    expect(await syncIds(client, { kinds: [1] })).toEqual(
      idsOf(events.filter((e) => e.kind === 1)),
    );
    expect(await syncIds(client, {})).toHaveLength(26);
    client.send(['NEG-OPEN', 'w', { kinds: [1_059] }, '6100000200']);
    expect((await client.next('NEG-ERR', 'w'))[2]).toMatch(/^auth-required: /);
    await client.settle();
    expect(relay.statistics().subscriptions).toBe(0);
  });

  test('errors end a session in words', async () => {
    const relay = await start({ maxNegentropyEvents: 1, maxSubscriptions: 1 });
    const client = await connect(relay);
    const ask = async (id: string, ...rest: unknown[]) => {
      client.send([rest.length === 1 ? 'NEG-MSG' : 'NEG-OPEN', id, ...rest]);
      return String((await client.next('NEG-ERR', id))[2]).split(':')[0];
    };
    expect(await ask('unknown', '61')).toBe('closed');
    expect(await ask('bad', {}, 'nonsense')).toBe('invalid');
    expect(await ask('filter', { limit: 'x' }, '6100000200')).toBe('invalid');
    const signer = createSigner();
    for (const content of ['1', '2']) await client.publish(signer.sign({ content }));
    expect(await ask('large', {}, '6100000200')).toBe('blocked');
    await client.request('s', { kinds: [9] });
    expect(await ask('more', { limit: 1 }, '6100000200')).toBe('restricted');
  });
});

/**
 * Authentication, and gift wraps for those they are for. Spec: NIP-42, NIP-59.
 */
import type { SignedEvent } from '@realyield/protocol';
import type { Client, Signer } from './client.ts';
import { idsOf, NotOffered, publish, require, type Bench, type Check } from './suite.ts';

/** What a client is shown for a filter; what is refused in words counts as nothing. */
async function shown(client: Client, filter: object): Promise<SignedEvent[]> {
  const id = `shown${Math.random()}`;
  client.send(['REQ', id, filter]);
  await client.nextOf(['EOSE', id], ['CLOSED', id]);
  client.send(['CLOSE', id]);
  return client.takeEvents(id);
}

async function authentication(bench: Bench): Promise<void> {
  const client = await bench.connect();
  // Some relays hand out their challenge only when it is needed.
  client.send(['REQ', 'wraps', { kinds: [1_059], limit: 1 }]);
  const signer = bench.signer();
  const [accepted, reason] = await client.authenticate(signer, bench.url);
  require(accepted, `the right answer was refused: ${reason}`);
  const other = await bench.connect();
  const foreign = signer.sign({
    kind: 22_242,
    tags: [
      ['relay', bench.url],
      ['challenge', 'another'],
    ],
  });
  other.send(['AUTH', foreign]);
  const [, , isAccepted] = await other.next('OK', foreign.id);
  require(isAccepted === false, 'an answer to another challenge was accepted');
}

async function wraps(bench: Bench): Promise<void> {
  const [alice, bob, sender] = [bench.signer(), bench.signer(), bench.signer()];
  const writer = await bench.connect();
  let serial = 0;
  const wrap = async (to: Signer): Promise<SignedEvent> => {
    serial += 1;
    const tags = [['p', to.publicKeyHex]];
    const event = sender.sign({ kind: 1_059, tags, content: String(serial) });
    await publish(bench, writer, sender, event);
    return event;
  };
  const [forAlice, forBob] = [await wrap(alice), await wrap(bob)];
  const stranger = await bench.connect();
  const toBoth = { kinds: [1_059], '#p': [alice.publicKeyHex, bob.publicKeyHex] };
  const ids = { ids: [forAlice.id, forBob.id] };
  const open = await shown(stranger, toBoth);
  if (open.length === 2) throw new NotOffered('gift wraps are shown to anybody');
  require(open.length === 0, 'a stranger is shown some gift wraps');
  require((await shown(stranger, ids)).length === 0, 'a stranger finds gift wraps by their ids');

  const reader = await bench.connect();
  const [accepted, reason] = await reader.authenticate(alice, bench.url);
  require(accepted, `the recipient could not authenticate: ${reason}`);
  require(idsOf(await shown(reader, ids)) === forAlice.id, 'not exactly her own wraps are shown');
  const mine = { kinds: [1_059], '#p': [alice.publicKeyHex] };
  require(idsOf(await shown(reader, mine)) === forAlice.id, 'the recipient misses her wrap');
  await reader.request('live', { authors: [sender.publicKeyHex] });
  reader.takeEvents('live');
  await wrap(bob);
  const live = await wrap(alice);
  const [, , received] = await reader.next('EVENT', 'live');
  require((received as SignedEvent).id === live.id, 'a wrap for somebody else came live');
}

/** Who is shown what. */
export const ACCESS_CHECKS: readonly Check[] = [
  { name: 'authentication', title: 'keys are proven (NIP-42)', nip: 42, run: authentication },
  {
    name: 'wraps',
    title: 'gift wraps reach those they are for, and nobody else',
    nip: 42,
    run: wraps,
  },
];

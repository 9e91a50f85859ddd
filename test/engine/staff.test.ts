/**
 * Two of a bank's staff, each on a device of their own, by a key that stays in a bunker (NIP-46):
 * what one does the other sees, one of them is let in no more, and the other goes on; what the
 * device of the one still has ends with its contracts' keys. requires: KEY-12
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Signer } from '../../web/lib/engine/ports.ts';
import { createBunkerSigner } from '../../web/lib/signer/bunker-signer.ts';
import { startBunker, type BunkerServer } from '../world/bunker.ts';
import { nodeWebSocket } from '../world/node-web-socket.ts';
import type { World } from '../world/world.ts';
import type { Player } from './player.ts';
import { countersign, invest, offerShort, play, startScene, stateOf } from './scene.ts';
import { until } from './until.ts';

type Staff = 'rosa' | 'hugo';

let world: World;
let bunker: BunkerServer;
const secrets = { rosa: 'given to Rosa', hugo: 'given to Hugo' } as const;
const addresses = {} as Record<Staff, string>;
const staff = {} as Record<Staff, Player>;
const players = {} as Record<'ana' | 'bakery', Player>;

/** The bank's key by an address, for a client that nobody knows yet. */
function connect(address: string): Promise<Signer> {
  const clientSecretHex = randomBytes(32).toString('hex');
  return createBunkerSigner(address, { clientSecretHex, webSocket: nodeWebSocket });
}

/** Opens the bank's client for one of its staff: the key is reached through the bunker alone. */
async function employ(name: Staff): Promise<Player> {
  addresses[name] = bunker.invite(secrets[name]);
  const person = await connect(addresses[name]);
  return play(world, 'bank', { device: name, alter: (parts) => ({ ...parts, person }) });
}

const offersAt = ({ session }: Player): readonly string[] =>
  session.catalog.offers().map(({ document }) => document.identifier);

beforeAll(async () => {
  world = await startScene();
  const { person: signer } = world.households.bank.openParts('vault');
  const relayUrl = world.relayHouses[2]?.url ?? '';
  const secret = randomBytes(16).toString('hex');
  bunker = await startBunker({ secretKey: randomBytes(32), signer, relayUrl, secret });
  for (const id of ['ana', 'bakery'] as const) players[id] = await play(world, id);
  staff.rosa = await employ('rosa');
  staff.hugo = await employ('hugo');
});

afterAll(async () => {
  await Promise.all([...Object.values(players), ...Object.values(staff)].map((one) => one.close()));
  bunker.stop();
  await world.stop();
});

it('shows each what the other signed, under the bank’s one key', async () => {
  const { rosa, hugo } = staff;
  expect(rosa.session.person.publicKey).toBe(hugo.session.person.publicKey);
  // The bank runs the till: it takes sales and pays on without asking its people each time.
  const tillShare = { runBy: 'bank', shareBps: 500, recoveryBps: 500, thresholdSat: 300 } as const;
  await offerShort(world, rosa, { identifier: 'by-rosa', ticks: 2, changes: { tillShare } });
  await until('her offer at Hugo’s', () => offersAt(hugo).includes('by-rosa'));
  const root = await invest(players.ana, 'by-rosa', 20_000_000n);
  await countersign(root, { investor: players.ana, bakery: players.bakery, bank: hugo });
  await until('his signature at Rosa’s', () => stateOf(rosa, root)?.status === 'effective');
  // One register: the next number is that after his.
  const next = await invest(players.ana, 'by-rosa', 20_000_000n);
  await countersign(next, { investor: players.ana, bakery: players.bakery, bank: rosa });
  const serials = [root, next].map(
    (each) => stateOf(rosa, each)?.signatures.bank?.register?.serial,
  );
  expect(serials[1]).toBe((serials[0] ?? 0) + 1);
});

it('signs nothing for one who was let go, and everything for who stays', async () => {
  const { rosa, hugo } = staff;
  bunker.revoke(secrets.rosa);
  const refused = await offerShort(world, rosa, { identifier: 'too-late', ticks: 2 }).then(
    () => 'signed',
    (error: unknown) => (error instanceof Error ? error.message : ''),
  );
  expect(refused).toContain('connect first');
  await offerShort(world, hugo, { identifier: 'by-hugo', ticks: 2 });
  await until('his offer at Ana’s', () => offersAt(players.ana).includes('by-hugo'));
  expect(offersAt(players.ana)).not.toContain('too-late');
  // With the address she had she is not let in again, on no device.
  await expect(connect(addresses.rosa)).rejects.toThrow('wrong secret');
  expect((await connect(addresses.hugo)).publicKey).toBe(hugo.session.person.publicKey);
});

it('ends what the device of one who was let go still has, for all contracts at once', async () => {
  const { rosa, hugo } = staff;
  const { keys } = hugo.session.agreements;
  const before = new Map(keys.delegates().map(({ root, key }) => [root, key]));
  const roots = [...before.keys()];
  expect(roots).toHaveLength(2);
  const heldBy = (player: Player, root: string) =>
    player.session.ownContract(root)?.own.money?.publicKey ?? '';
  // The signer is out of her reach, the key for money that she made is not.
  expect(roots.map((root) => heldBy(rosa, root))).toContain(before.get(roots[0] ?? ''));
  const done = await keys.replaceAll();
  expect(done).toEqual({ ok: true, value: 2 });
  const endOf = (root: string) =>
    stateOf(players.ana, root)?.keys.find(({ key }) => key === before.get(root))?.endsAtSec;
  await until('their end at Ana’s', () => roots.every((root) => endOf(root) !== undefined));
  for (const root of roots) {
    const [held] = keys.keys(root).filter(({ use }) => use === 'delegate');
    expect(heldBy(hugo, root)).toBe(held?.key);
    expect(held?.key).not.toBe(before.get(root));
  }
  // Her device learns of it like everybody, and has none of the new keys.
  const endAtRosas = (root: string) =>
    stateOf(rosa, root)?.keys.find(({ key }) => key === before.get(root))?.endsAtSec;
  await until('their end at Rosa’s', () => roots.every((root) => endAtRosas(root) !== undefined));
  for (const root of roots) expect(heldBy(rosa, root)).not.toBe(heldBy(hugo, root));
});

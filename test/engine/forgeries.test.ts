/** Events a hostile relay hands out: refused with their codes, and the genuine ones still count. */
import { randomBytes } from 'node:crypto';
import { buildReceipt, type ParsedReceipt, type SignedEvent } from '@realyield/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalSigner } from '../../web/lib/signer/local-signer.ts';
import type { World } from '../world/world.ts';
import type { Player } from './player.ts';
import { play, startLoan, startScene, untilPaid } from './scene.ts';
import { until } from './until.ts';

let world: World;
let ana: Player;
let bakery: Player;
let bank: Player;
let root: string;
let genuine: ParsedReceipt;

const stranger = createLocalSigner(new Uint8Array(randomBytes(32)));

beforeAll(async () => {
  world = await startScene();
  [ana, bakery, bank] = [
    await play(world, 'ana'),
    await play(world, 'bakery'),
    await play(world, 'bank'),
  ];
  const terms = { identifier: 'forged', ticks: 2, principalUnits: 20_000_000n };
  root = await startLoan(world, { investor: ana, bakery, bank }, terms);
  await untilPaid(bank, root, 2);
  const found = bank.session.catalog.eventsOf(root).find(({ name }) => name === 'receipt');
  if (found?.name !== 'receipt') throw new Error('there is no receipt');
  genuine = found;
});

afterAll(async () => {
  await Promise.all([ana, bakery, bank].map((player) => player.close()));
  await world.stop();
});

/** Hands an event out on the first relay; resolves with the code it is refused with. */
function refusalOf(event: SignedEvent): Promise<string> {
  world.relayHouses[0]?.relay?.injectUnchecked(event);
  return until('the refusal', () => {
    const refused = bank.session.catalog.refused(root);
    return refused.find(({ id }) => id === event.id)?.code;
  });
}

function plain({ event }: ParsedReceipt): SignedEvent {
  return { ...event, tags: event.tags.map((tag) => [...tag]) };
}

describe('a catalog', () => {
  it('refuses a receipt with a wrong preimage', async () => {
    const before = bank.stateHash(root);
    const { document, event } = genuine;
    const preimage = document.preimage.map(() => '00'.repeat(32));
    const forged = await stranger.sign(buildReceipt({ ...document, preimage }, event.created_at));
    expect(await refusalOf(forged)).toBe('PREIMAGE_MISMATCH');
    expect(bank.stateHash(root)).toBe(before);
  });

  it('refuses a signature that is not the author’s', async () => {
    const event = plain(genuine);
    const [first = '0'] = event.sig;
    const sig = (first === '0' ? '1' : '0') + event.sig.slice(1);
    const moved = { ...event, created_at: event.created_at + 1 };
    expect(await refusalOf({ ...event, sig })).toBe('EVENT_SIGNATURE');
    expect(await refusalOf({ ...moved, id: 'f'.repeat(64) })).toBe('EVENT_ID');
  });

  it('refuses tags that disagree with the content', async () => {
    const { kind, created_at, content, tags } = plain(genuine);
    const extra = [...tags, ['t', 'paid-in-full']];
    const forged = await stranger.sign({ kind, created_at, content, tags: extra });
    expect(await refusalOf(forged)).toBe('TAGS_MISMATCH');
  });

  it('takes the genuine event although a forged copy came first', async () => {
    const event = plain(genuine);
    const late = await play(world, 'ben', { device: 'late' });
    await late.session.catalog.add([{ ...event, content: `${event.content} ` }], 'a liar');
    await late.session.catalog.add([{ ...event, sig: '0'.repeat(128) }], 'a liar');
    const stop = late.session.catalog.watch(root);
    await until('the same state', () => late.stateHash(root) === bank.stateHash(root));
    stop();
    const codes = late.session.catalog.refused().map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['EVENT_ID', 'EVENT_SIGNATURE']));
    await late.close();
  });

  it('refuses a stranger’s genuine-looking receipt in the fold, and counts nothing', async () => {
    const before = bank.session.catalog.contract(root)?.fold.state.payments.length;
    const { document, event } = genuine;
    const copied = await stranger.sign(buildReceipt(document, event.created_at + 1));
    world.relayHouses[0]?.relay?.injectUnchecked(copied);
    const fold = await until('the stranger’s receipt', () => {
      const found = bank.session.catalog.contract(root)?.fold;
      return found?.rejects.some(({ id }) => id === copied.id) === true && found;
    });
    expect(fold.rejects.find(({ id }) => id === copied.id)?.code).toBe('AUTHOR_ROLE');
    expect(fold.state.payments).toHaveLength(before ?? 0);
  });
});

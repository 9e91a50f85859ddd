/** What a source of the chain says of a payment that is awaited. Spec: specs/tenders.md. */
import { reject, scriptOfAddress, type BitcoinNetwork, type Reject } from '@realyield/protocol';
import type { Desk } from '../desk.ts';
import type { ChainOrder } from './orders.ts';
import type { AddressSource, SeenOutput } from './ports.ts';

const outpointOf = ({ txid, vout }: SeenOutput): string => `${txid}:${vout}`;

function foundOf(output: SeenOutput): NonNullable<ChainOrder['found']> {
  const { valueSat, height } = output;
  const found = { outpoint: outpointOf(output), valueSat: valueSat.toString() };
  return height === undefined ? found : { ...found, height };
}

/**
 * Asks one source: the order with the output that pays it, or another one that came instead, as
 * far as they were not there before and count for nothing yet. Undefined where it does not answer.
 */
async function look(
  source: AddressSource,
  scriptPubKey: string,
  order: ChainOrder,
  counted: ReadonlySet<string>,
): Promise<ChainOrder | undefined> {
  const outputs = await source.outputsTo(order.address, scriptPubKey);
  const tip = outputs && (await source.newestBlock());
  if (!outputs || !tip) return undefined;
  const fresh = outputs.filter((output) => {
    const outpoint = outpointOf(output);
    return !order.before.includes(outpoint) && !counted.has(outpoint);
  });
  const { found: known, other: _other, ...rest } = order;
  const own =
    fresh.find((output) => outpointOf(output) === known?.outpoint) ??
    fresh.find(({ valueSat }) => valueSat.toString() === order.valueSat);
  const seen = { ...rest, tipHeight: tip.height };
  if (own) return { ...seen, found: foundOf(own) };
  const [stray] = fresh;
  if (!stray) return seen;
  const { outpoint, valueSat } = foundOf(stray);
  return { ...seen, other: { outpoint, valueSat } };
}

/** Whom this person has to ask about the chain of a contract. */
export async function sourcesOf(desk: Desk, root: string): Promise<readonly AddressSource[]> {
  const network = desk.catalog.contract(root)?.fold.state.contract.document.network;
  // TE-26: "A client MUST ask about a fallback address sources of the chain of its contract…"
  return network === undefined ? [] : desk.addressSources(network);
}

/** The refusal where no source says anything; names the network where there is none to ask. */
export async function unseen(desk: Desk, root: string): Promise<Reject> {
  const network = desk.catalog.contract(root)?.fold.state.contract.document.network;
  const sources = await sourcesOf(desk, root);
  return reject('BLOCK_UNKNOWN', sources.length === 0 ? network : undefined);
}

/** The newest block's median time and what pays to an address, by the first that says both. */
export async function firstAnswer(
  sources: readonly AddressSource[],
  address: string,
  network: BitcoinNetwork,
): Promise<{ medianTimeSec: number; outpoints: readonly string[] } | undefined> {
  const script = scriptOfAddress(address, network);
  if (!script.ok) return undefined;
  for (const source of sources) {
    const block = await source.newestBlock();
    const outputs = block && (await source.outputsTo(address, script.value));
    if (!block || !outputs) continue;
    const outpoints = outputs.map(({ txid, vout }) => `${txid}:${vout}`);
    return { medianTimeSec: block.medianTimeSec, outpoints };
  }
  return undefined;
}

/** What the first source that answers says of one of all orders; undefined where none does. */
export async function askSources(
  desk: Desk,
  order: ChainOrder,
  all: readonly ChainOrder[],
): Promise<ChainOrder | undefined> {
  const state = desk.catalog.contract(order.contract)?.fold.state;
  if (!state) return undefined;
  const counted = new Set([
    ...state.paid.chain.map(({ outpoint }) => outpoint),
    ...all.flatMap(({ found, tender }) => {
      return found && tender.id !== order.tender.id ? [found.outpoint] : [];
    }),
  ]);
  const script = scriptOfAddress(order.address, state.contract.document.network);
  if (!script.ok) return undefined;
  for (const source of await sourcesOf(desk, order.contract)) {
    const seen = await look(source, script.value, order, counted);
    if (seen) return { ...seen, askedAtSec: desk.clock.nowSec() };
  }
  return undefined;
}

/** From an output with blocks enough to a receipt everybody can check. Spec: specs/tenders.md. */
import {
  buildChainReceipt,
  CHAIN_CONFIRMATIONS,
  readRawTransaction,
  type ChainReceiptDocument,
} from '@realyield/protocol';
import { embedOwn, nextEventTimeSec, ownHeads, type Desk, type OwnContract } from '../desk.ts';
import { provenEntry } from '../journal.ts';
import { publishTried } from '../tried.ts';
import type { ChainOrder } from './orders.ts';
import type { AddressSource, ChainProof } from './ports.ts';

/** How many blocks an order's output has, its own the first; undefined while it has not shown. */
export function blocksOf({ found, tipHeight }: ChainOrder): number | undefined {
  if (!found) return undefined;
  const { height } = found;
  return height === undefined ? 0 : Math.max(0, (tipHeight ?? height) - height + 1);
}

async function writeProven(desk: Desk, order: ChainOrder, receipt: string): Promise<ChainOrder> {
  const { contract, leg, n, ...rest } = order;
  const entries = n.flatMap((part) => desk.journal.get(contract, leg, part) ?? []);
  const nowMs = desk.clock.nowMs();
  const proven = entries.map((entry) => provenEntry(entry, nowMs, receipt));
  // What was freed and paid over Lightning since is its own payment.
  await desk.journal.change(proven, (current, next) => {
    const isOpen = ['chain', 'wanted', 'failed'].includes(current?.step ?? '');
    return isOpen ? next : undefined;
  });
  return { ...rest, contract, leg, n, state: 'proven', receipt };
}

/** The order as proven, where a receipt of it is known: another device may have published it. */
export async function provenHere(
  desk: Desk,
  { view }: OwnContract,
  order: ChainOrder,
): Promise<ChainOrder | undefined> {
  const { found, leg, n, state, before } = order;
  const paid = view.fold.state.paid.chain.find((each) => {
    if (each.leg !== leg) return false;
    if (found) return each.outpoint === found.outpoint;
    // This device was away while another one saw it come, and proved it.
    const isNew = state === 'open' && !before.includes(each.outpoint);
    return isNew && each.n.join() === n.join();
  });
  return paid && writeProven(desk, order, paid.receipt);
}

function documentOf(order: ChainOrder, proof: ChainProof, prev: string[]) {
  const { found, contract, tender } = order;
  const transaction = readRawTransaction(proof.transaction);
  if (!found || !transaction.ok) return undefined;
  const [txid, vout] = found.outpoint.split(':');
  if (transaction.value.txid !== txid) return undefined;
  const { position, hashes } = proof.branch;
  const document: ChainReceiptDocument = {
    ...{ v: 1, type: 'chain', contract, tender: embedOwn(tender) },
    ...{ transaction: transaction.value.plainHex, vout: Number(vout), valueSat: found.valueSat },
    ...{ branch: { position, hashes: [...hashes] }, headers: [...proof.headers], prev },
  };
  return document;
}

/** Publishes the receipt of an order once its output has blocks enough; yields how it stands. */
export async function prove(
  desk: Desk,
  contract: OwnContract,
  order: ChainOrder,
  sources: readonly AddressSource[],
): Promise<ChainOrder> {
  const { own, view } = contract;
  const isReady = (blocksOf(order) ?? 0) >= CHAIN_CONFIRMATIONS;
  if (!isReady || !order.found || !own.money) return order;
  const [txid = ''] = order.found.outpoint.split(':');
  for (const source of sources) {
    const proof = await source.prove(txid, CHAIN_CONFIRMATIONS);
    const prev = ownHeads(desk, view.root, own);
    const document = proof && documentOf(order, proof, prev);
    if (!document) continue;
    const atSec = nextEventTimeSec(desk, view.root);
    // TE-22: "It watches the address by the sources of the chain its person chose, publishes the
    // receipt once the sixth block is there, and says until then that the outcome is not known…"
    const template = buildChainReceipt(document, atSec);
    const published = await publishTried(desk, view.root, own.money, template);
    if (published.ok) return writeProven(desk, order, published.value);
  }
  return order;
}

/**
 * What a bank checks before it passes a payment on: who asks, under which terms, for how much, and
 * that the hash is new. Spec: specs/forwarding.md, "The bank".
 */
import {
  checkRequest,
  forwardingFeesMsat,
  parseBolt11,
  type ContractState,
  type ParsedRequest,
} from '@realyield/protocol';
import type { ForwardEntry } from './journal.ts';
import { mostFeeMsat, type OutgoingLimits } from './ports.ts';

/** The bank's invoice expires so long before the payee's at least, seconds. */
export const EXPIRY_APART_SEC = 600;
/** The bank's invoice outlasts the request by so much: clocks differ. */
export const OUTER_GRACE_SEC = 60;
/** A request that ends sooner is not worth making invoices for, seconds. */
const LEAST_LEFT_SEC = 60;
/** Payments of one payee that may be under way at once. */
const MOST_OF_A_PAYEE = 60;
/** Blocks between the end of what a payment can take and the end of what is held. */
export const MARGIN_BLOCKS = 12;
/** Blocks that wallets give what they hold back ahead of its time, and that are mined meanwhile. */
const WALLET_BLOCKS = 48;
/** What a payee's own invoice may add to a way of payment, at most half of it. */
const INNER_SHARE = 2;

/** Why a bank passes a request on no further, in words for the payee and payer. */
export type ForwardRefusal = { readonly ok: false; readonly sentence: string };

const no = (sentence: string): ForwardRefusal => ({ ok: false, sentence });

/** Blocks that a hold invoice asks for. */
export function holdBlocks({ cltvBlocks }: OutgoingLimits): number {
  return cltvBlocks + MARGIN_BLOCKS + WALLET_BLOCKS;
}

/** What is wrong with the payee's invoice for one part; undefined: the part can be passed on. */
function innerProblem(
  state: ContractState,
  { document }: ParsedRequest,
  at: number,
  inner: string,
  limits: OutgoingLimits,
): string | undefined {
  const parsed = parseBolt11(inner);
  if (!parsed.ok) return 'An invoice of the payee cannot be read.';
  const { network, paymentHash, amountMsat, expiresAtSec, minFinalCltvExpiry } = parsed.value;
  if (network !== state.contract.document.network) return 'An invoice is for another network.';
  if (paymentHash !== document.paymentHash[at]) return 'An invoice has another payment hash.';
  const netMsat = document.via?.netMsat[at] ?? '0';
  if (amountMsat?.toString() !== netMsat) return 'An invoice is for another amount.';
  const lastSec = document.expiresAtSec + OUTER_GRACE_SEC + EXPIRY_APART_SEC;
  if (expiresAtSec < lastSec) return 'An invoice of the payee expires too early to be passed on.';
  if (minFinalCltvExpiry * INNER_SHARE > limits.cltvBlocks) {
    return 'An invoice of the payee asks for more blocks than the bank’s payments can take.';
  }
  const keptMsat = forwardingFeesMsat(document)?.[at] ?? 0n;
  const isCovered = keptMsat >= mostFeeMsat(BigInt(netMsat), limits);
  return isCovered ? undefined : 'The bank would pay more in fees than it keeps.';
}

/** The entries a request makes, nothing of which is in the journal yet, or why there are none. */
export function checkOrder(
  state: ContractState,
  request: ParsedRequest,
  invoices: readonly string[],
  { limits, nowMs }: { readonly limits: OutgoingLimits | undefined; readonly nowMs: number },
): { readonly ok: true; readonly entries: readonly ForwardEntry[] } | ForwardRefusal {
  const { document, event } = request;
  // FW-9: "A bank MUST pass nothing on by a wallet of which it does not know the most blocks and
  // fees that an outgoing payment can take…"
  if (!limits) return no('The bank’s wallet does not say what its payments can cost.');
  // FW-10: "A bank MUST pass nothing on of a request that a payer would refuse (T-4, T-20), that is
  // not by way of the bank…"
  // The price is between payer and payee.
  const checked = checkRequest(state, request, event.id);
  if (!checked.ok) return no('The request is not one of this contract’s payee.');
  const { via } = document;
  if (!via || state.effectiveAtSec === undefined) return no('There is nothing to pass on.');
  if (document.expiresAtSec * 1_000 < nowMs + LEAST_LEFT_SEC * 1_000) {
    return no('The request is about to expire.');
  }
  const entries: ForwardEntry[] = [];
  for (const [at, n] of document.n.entries()) {
    const inner = invoices[at] ?? '';
    const problem = innerProblem(state, request, at, inner, limits);
    if (problem !== undefined) return no(problem);
    const parsed = parseBolt11(inner);
    entries.push({
      contract: state.root,
      leg: document.leg,
      n,
      request: { ...event, tags: event.tags.map((tag) => [...tag]) },
      paymentHash: document.paymentHash[at] ?? '',
      grossMsat: document.msat[at] ?? '0',
      netMsat: via.netMsat[at] ?? '0',
      inner: parsed.ok ? parsed.value.paymentRequest : inner,
      innerExpiresAtSec: parsed.ok ? parsed.value.expiresAtSec : 0,
      expiresAtSec: document.expiresAtSec,
      step: 'ordered',
      updatedAtMs: nowMs,
    });
  }
  return { ok: true, entries };
}

/** Why parts wait for what is under way already; undefined: they need not. */
export function whyCrowded(
  parts: readonly ForwardEntry[],
  open: readonly ForwardEntry[],
): string | undefined {
  const payee = parts[0]?.request.pubkey;
  const ofPayee = open.filter((entry) => entry.request.pubkey === payee);
  // FW-14: "A bank MUST NOT pass on more than 60 payments of one payee at once…"
  if (ofPayee.length + parts.length > MOST_OF_A_PAYEE) {
    return 'Too many payments to this payee are under way; they come first.';
  }
  const isSame = (a: ForwardEntry, b: ForwardEntry): boolean =>
    a.contract === b.contract && a.leg === b.leg && a.n === b.n;
  const isOnItsWay = parts.some((part) => open.some((each) => isSame(part, each)));
  return isOnItsWay ? 'An earlier payment of this part is not over yet.' : undefined;
}

/** Whether the bank's own wallet made what was ordered: same hash, amount and network, in time. */
export function isRightOuter(state: ContractState, entry: ForwardEntry, outer: string): boolean {
  const parsed = parseBolt11(outer);
  if (!parsed.ok) return false;
  const { network, paymentHash, amountMsat, expiresAtSec } = parsed.value;
  // FW-11: "A bank MUST sign a forward only after it has checked that its hold invoice has the
  // part's hash, exactly its `msat` and the contract's network, outlasts the request, and expires
  // ten minutes before the payee's invoice at least…"
  const isSame = paymentHash === entry.paymentHash && amountMsat?.toString() === entry.grossMsat;
  const isInTime =
    expiresAtSec >= entry.expiresAtSec &&
    expiresAtSec + EXPIRY_APART_SEC <= entry.innerExpiresAtSec;
  return isSame && isInTime && network === state.contract.document.network;
}

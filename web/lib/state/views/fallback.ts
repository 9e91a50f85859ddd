/** Payments to fallback addresses in words: when they may be made, and what has become of them. */
import {
  CHAIN_CONFIRMATIONS,
  LEGS,
  scriptOfAddress,
  type BitcoinNetwork,
  type ContractState,
  type ParsedChainReceipt,
  type PartyRole,
} from '@realyield/protocol';
import { amountOfMsat } from '../../amount.ts';
import type { ChainOrder } from '../../engine/fallback/orders.ts';
import { blocksOf } from '../../engine/fallback/proving.ts';
import { LEAST_SAT, type Unanswered } from '../../engine/fallback/standing.ts';
import { formatDateTime, formatPlural, satText } from '../../format.ts';
import { hostsText, networkWords } from './network-words.ts';
import type { Words } from './timeline-words.ts';

/** An address as somebody typed it, or what is wrong with it as a sentence. */
export type TypedAddress =
  | { readonly ok: true; readonly address: string | undefined }
  | { readonly ok: false; readonly sentence: string };

/** That nobody can be asked about a contract's chain, and who may be once its person says so. */
export function unsetChainWords(network: BitcoinNetwork, offered: readonly string[]) {
  const whose = `${networkWords(network)}, the chain of this loan`;
  if (offered.length === 0) {
    return { title: `No source of yours knows ${whose}.`, todo: undefined };
  }
  return {
    title: `You have set no sources for ${whose}, so nobody is asked.`,
    todo:
      `The client came with ${hostsText(offered)}: they learn which address somebody at your ` +
      'address looks up.',
  };
}

/** Reads an address for a network; nothing typed is none. `used`: those of other contracts. */
export function readFallback(
  typed: string,
  network: Parameters<typeof scriptOfAddress>[1],
  used: readonly string[] = [],
): TypedAddress {
  const text = typed.trim();
  if (text === '') return { ok: true, address: undefined };
  // Segwit addresses are often shown in capitals, for smaller codes.
  const address = /^(BC|TB|BCRT)1/.test(text) ? text.toLowerCase() : text;
  if (!scriptOfAddress(address, network).ok) {
    const sentence = `This is no address of ${networkWords(network)}. Copy it again.`;
    return { ok: false, sentence };
  }
  // TE-25: "An investor's client MUST NOT name an address that it named in another contract…"
  if (used.includes(address)) {
    const sentence = 'You named this address in another loan. Each loan needs one of its own.';
    return { ok: false, sentence };
  }
  return { ok: true, address };
}

/** What a person reads about a tender nobody answered. */
export interface FallbackNotice {
  readonly kind: 'info' | 'waiting';
  readonly title: string;
  readonly safe?: string;
  readonly todo?: string;
  /** Whether where to pay can be shown now. */
  readonly canPay: boolean;
}

const PAYEES: Readonly<Record<string, string>> = { investor: 'The investor', bank: 'The bank' };

/** What a tender that nobody answered means for who looks; undefined where it says nothing new. */
export function fallbackNotice(
  offered: Unanswered,
  role: PartyRole | undefined,
  nowSec: number,
): FallbackNotice | undefined {
  const { payee } = LEGS[offered.leg];
  const whose = PAYEES[payee] ?? 'The payee';
  const { address, fromSec, tenderedAtSec, valueSat } = offered;
  const since = formatDateTime(tenderedAtSec);
  const from = formatDateTime(fromSec);
  if (role === payee) return payeeNotice(offered, from);
  if (role !== 'business') return undefined;
  const title = `${whose} has not asked for what you offered on ${since}.`;
  const isOver = fromSec <= nowSec;
  if (address === undefined) {
    const safe = 'You are not late meanwhile. The contract names no Bitcoin address to pay to.';
    return isOver ? { kind: 'waiting', title, safe, canPay: false } : undefined;
  }
  if (!isOver) {
    const safe = 'You are not late meanwhile.';
    const todo = `If nobody answers, you can pay to its Bitcoin address from ${from} on.`;
    return { kind: 'info', title, safe, todo, canPay: false };
  }
  if (valueSat < LEAST_SAT) {
    const safe = 'It is less than a Bitcoin transaction can pay; it goes on being offered.';
    return { kind: 'waiting', title, safe, canPay: false };
  }
  return {
    ...{ kind: 'waiting', title },
    safe: `You may now pay ${satText(valueSat * 1_000n)} to the address the contract names.`,
    todo: 'It counts as paid once six blocks are there. The miners’ fee is yours to pay.',
    canPay: true,
  };
}

function payeeNotice({ address, valueSat }: Unanswered, from: string): FallbackNotice {
  const amount = satText(valueSat * 1_000n);
  const title = `${amount} are offered to you, and your client has not asked for them.`;
  const todo = 'Connect a wallet and keep this page open to be paid over Lightning.';
  if (address === undefined) return { kind: 'waiting', title, todo, canPay: false };
  const safe = `From ${from} on it may be paid to your Bitcoin address, and then it counts.`;
  return { kind: 'waiting', title, safe, todo, canPay: false };
}

/** The link wallets take (BIP-21): address and amount in bitcoin. */
export function paymentLink({ address, valueSat }: ChainOrder): string {
  const sat = BigInt(valueSat);
  const rest = (sat % 100_000_000n).toString().padStart(8, '0');
  return `bitcoin:${address}?amount=${sat / 100_000_000n}.${rest}`;
}

/** How a payment that was begun stands. */
export interface OrderWords {
  readonly title: string;
  readonly detail: string;
  /** How many of the six blocks are there; undefined while nothing was seen. */
  readonly blocks: number | undefined;
}

/** What has become of a payment so far, and what is safe. */
export function orderWords(order: ChainOrder, nowSec: number): OrderWords {
  const blocks = blocksOf(order);
  const asked =
    order.askedAtSec === undefined
      ? 'No source of the chain has answered yet; we keep asking.'
      : `Last looked ${formatPlural(Math.max(0, nowSec - order.askedAtSec), 'second')} ago.`;
  if (blocks === undefined) {
    const title = 'Nothing has come yet.';
    return { title, detail: `${asked} You can close this page.`, blocks };
  }
  const title =
    blocks === 0
      ? 'Your payment was seen, and waits for its first block.'
      : `Your payment has ${blocks} of ${CHAIN_CONFIRMATIONS} blocks.`;
  const detail = 'Nothing more is needed of you. It is proven to everybody by itself.';
  return { title, detail, blocks: Math.min(blocks, CHAIN_CONFIRMATIONS) };
}

/** What a receipt of a payment on the chain is called in a contract's history. */
export function chainReceiptWords(
  state: ContractState,
  { event, document }: ParsedChainReceipt,
): Words {
  const paid = state.paid.chain.find(({ receipt }) => receipt === event.id);
  return {
    title: 'Paid on the chain, to the address the contract names',
    detail: paid ? `By its block on ${formatDateTime(paid.settledAtSec)}` : 'It counts already',
    amount: amountOfMsat(BigInt(document.valueSat) * 1_000n),
    checks: [
      { label: 'The transaction is in a block, with five more on it', state: 'ok' },
      { label: 'It pays to the address in the contract', state: paid ? 'ok' : 'unknown' },
    ],
  };
}

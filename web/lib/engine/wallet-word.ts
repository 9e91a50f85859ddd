/** What a wallet's word on a payment means for its entry in the journal. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { WITHHELD } from './forwarding/asking.ts';
import type { JournalEntry } from './journal.ts';
import type { PaymentRecord, Wallet } from './ports.ts';

/** Answers of a wallet, or a connection, that can never tell what became of a payment. */
export const CANNOT_LOOK_UP: ReadonlySet<string> = new Set(['NOT_IMPLEMENTED', 'RESTRICTED']);
/** Common nodes still take a payment of an invoice that ran out less than two hours ago. */
const EXPIRY_GRACE_SEC = 7_200;

/** Whether a preimage belongs to a payment hash. */
export function isPreimageOf(preimage: string, paymentHash: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(preimage)) return false;
  return bytesToHex(sha256(hexToBytes(preimage))) === paymentHash;
}

/** How a wallet is asked about a payment; of a void invoice only the hash may be here. */
export function queryOf({
  paymentHash = '',
  invoice,
}: Pick<JournalEntry, 'paymentHash' | 'invoice'>): Parameters<Wallet['lookup']>[0] {
  const isHere = invoice !== undefined && invoice !== WITHHELD;
  return isHere ? { paymentHash, invoice } : { paymentHash };
}

/** An entry that is paid. */
export function paid(entry: JournalEntry, preimage: string, feesPaidMsat: bigint): JournalEntry {
  return { ...entry, step: 'paid', preimage, feesPaidMsat: feesPaidMsat.toString() };
}

/** From when on an invoice cannot be paid any more, whatever is still on its way. */
export function surelyOverAtSec({ expiresAtSec = 0 }: JournalEntry): number {
  return expiresAtSec + EXPIRY_GRACE_SEC + 1;
}

/** Whether a wallet has made a payment, or is making it: what it cannot prove is waited for. */
export function isMade({ direction, state }: PaymentRecord): boolean {
  return direction === 'outgoing' && state !== 'failed' && state !== 'expired';
}

/** Whether another wallet was told of a payment, of which the one in use need not know. */
export function isOfOther({ id }: Wallet, entry: Pick<JournalEntry, 'wallet'>): boolean {
  // P-42: "…that a wallet knows of none says nothing of what another was told…"
  return id !== undefined && entry.wallet !== undefined && entry.wallet !== id;
}

/** An entry as its wallet is told of it. */
export function toldTo({ id }: Wallet, entry: JournalEntry): JournalEntry {
  const { wallet: _before, ...rest } = entry;
  return id === undefined ? rest : { ...rest, wallet: id };
}

/** The journal step that a wallet's record of a payment means; undefined: still open. */
export function settledStep(entry: JournalEntry, record: PaymentRecord): JournalEntry | undefined {
  const { preimage } = record;
  // The same hash can also come in (a bank passes payments on): that one is not ours.
  if (record.direction !== 'outgoing') return undefined;
  if (record.state === 'settled' && preimage && isPreimageOf(preimage, entry.paymentHash ?? '')) {
    return paid(entry, preimage, record.feesPaidMsat);
  }
  if (record.state === 'failed') {
    return { ...entry, step: 'failed', reason: 'The wallet reports that the payment failed.' };
  }
  return undefined;
}

/** Whether a wallet says of a request that it made no payment of it, and makes none. */
export async function isSurelyUnpaid(
  wallet: Wallet | undefined,
  asked: Pick<JournalEntry, 'paymentHash' | 'invoice'>,
): Promise<boolean> {
  const answer = await wallet?.lookup(queryOf(asked));
  if (answer?.state !== 'answered') return false;
  const { value } = answer;
  // One that is said to have come in may be ours: wallets that name no direction go out too.
  return value === undefined || (value.direction === 'outgoing' && value.state === 'failed');
}

/** What a wallet charged for a payment; undefined where it will never tell. */
export async function feesOf(
  wallet: Wallet,
  entry: JournalEntry,
): Promise<bigint | 'silent' | undefined> {
  const answer = await wallet.lookup(queryOf(entry));
  if (answer.state === 'refused') return CANNOT_LOOK_UP.has(answer.code) ? undefined : 'silent';
  if (answer.state === 'unknown') return 'silent';
  if (answer.value?.direction !== 'outgoing') return undefined;
  // Proven, it is on its way to being settled here too.
  return answer.value.state === 'settled' ? answer.value.feesPaidMsat : 'silent';
}

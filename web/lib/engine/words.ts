/** Sentences for what the engine waits for and what stopped it. Codes are stable. */
import {
  REJECT_SENTENCES,
  type MetLimit,
  type RejectCode,
  type Waiting,
  type WaitReason,
} from '@realyield/protocol';

/** Codes of the engine's own, beside the protocol's reject codes and wait reasons. */
export type EngineCode =
  | 'WALLET_MISSING'
  | 'WALLET_SILENT'
  | 'NOT_ARRIVED'
  | 'NO_LOOKUP'
  | 'WALLET_REFUSED'
  | 'PAYEE_REFUSED'
  | 'RESUMED'
  | 'SLOWER'
  | 'AS_AGREED'
  | 'BEGINNING'
  | 'ELSEWHERE'
  | 'PAYING'
  | 'ASKING'
  | 'KEY_MISSING'
  | 'ORDER_DROPPED'
  | 'ORDER_FOUND'
  | 'IN_STEP'
  | 'NO_PRICE'
  | 'PRICE_NAMED'
  | 'PRICE_APART'
  | 'PRICE_CONTRADICTED'
  | 'WITH_BANK'
  | 'FORWARD_LOST'
  | 'JOURNAL_DAMAGED'
  | 'ON_CHAIN';

const ENGINE_SENTENCES: Readonly<Record<EngineCode, string>> = {
  WALLET_MISSING: 'No wallet is connected. Nothing is paid until you connect one.',
  WALLET_SILENT:
    'Your wallet has not answered. No second payment will be made until we know. ' +
    'You can close this page.',
  NOT_ARRIVED:
    'Your wallet does not know the last payment; it may still arrive there. ' +
    'Until that is over it is not sent again.',
  NO_LOOKUP:
    'Your wallet cannot say what became of the last payment. If another was told of it, connect ' +
    'that one again. Nothing more is paid before its invoice has run out for certain.',
  WALLET_REFUSED: 'Your wallet refused the payment. Nothing has left it.',
  PAYEE_REFUSED: 'The payee cannot take the payment now. We ask again, ever less often.',
  RESUMED: 'Resumed by you. What is due is paid.',
  SLOWER: 'Slowed down by you. Later payments are made later, and none too late.',
  AS_AGREED: 'Back at the agreed speed, by you. What is due is paid.',
  BEGINNING: 'Beginning here in a moment, when nothing else pays for you any more.',
  ELSEWHERE: 'Another window or device is paying for you. Nothing is paid twice.',
  PAYING: 'Paying.',
  ASKING: 'Asking for the next payment request.',
  KEY_MISSING: 'The key for this contract is not on this device yet.',
  ORDER_DROPPED: 'A payment was ordered that is more than what is owed now. It was not made.',
  IN_STEP: 'Waiting for the other investors of this offer, so that all are paid in step.',
  NO_PRICE:
    'A payment was asked for, and too few of the contract’s oracles give a price. ' +
    'It is asked for again when they do.',
  PRICE_NAMED:
    'Too few of the contract’s oracles give a price. As you allow, the last one was named; ' +
    'a payment at it is marked as not proven in price.',
  PRICE_APART:
    'The payee asks for more than the oracles’ prices make of it by what this client was told. ' +
    'It is not paid at that price.',
  PRICE_CONTRADICTED:
    'An oracle gave two prices for one minute, and without it there are too few. ' +
    'It is not paid at that price.',
  WITH_BANK:
    'The payment is held until the bank has passed it on. If the bank stays away it comes back ' +
    'to you by itself, within a day or two; nothing is lost and nothing is paid twice.',
  FORWARD_LOST:
    'A payment was passed on to the payee, but what its payer had sent went back before this ' +
    'wallet took it. The bank bears the loss: it was away for too long.',
  ON_CHAIN:
    'You were shown where to pay this on the chain. Until six blocks say that it came, ' +
    'nothing of it is paid over Lightning.',
  JOURNAL_DAMAGED:
    'A line of the payment journal on this device was damaged. What it was about is looked up in ' +
    'your wallet before anything is paid.',
  ORDER_FOUND:
    'A payment you ordered before was found to be made. What you ordered now was not; ' +
    'order it again if it is still owed.',
};

const WAIT_SENTENCES: Readonly<Record<WaitReason, string>> = {
  notEffective: 'Waiting for all three signatures.',
  proposalExpired: 'The proposal has expired. Nobody can accept it any more.',
  withdrawn: 'It was withdrawn. Nothing more is paid out.',
  closed: 'The loan is closed.',
  keyRevoked: 'The key that pays here was replaced or revoked. Nothing is paid by it.',
  fundingNotReached: 'Waiting for the bank to say that enough investors are there.',
  fundingFailed: 'Funding failed. Nothing is paid out.',
  fundingDeadlinePassed: 'Funding was not reached by its deadline. Nothing is paid out.',
  coolingOff: 'You can still withdraw. Nothing is paid before that time is over.',
  defaulted: 'The loan is in default. Nothing more is paid out.',
  milestoneNotApproved: 'Waiting for the approval of a milestone. Until then nothing is paid.',
  cohortBehind:
    'Other investors of this offer have not paid as far yet. ' +
    'Nobody pays more than one tick ahead of the others.',
  windowNotOpen: 'The stream has not begun.',
  nextTick: 'Waiting for the next tick.',
  inFlight: 'A payment is on its way.',
  price: 'Waiting for a price: too few of the contract’s oracles give one at the moment.',
  complete: 'Everything is paid.',
  lapsed: 'The window has closed; what was not paid has lapsed.',
  nothingDue: 'Nothing is due.',
  tendered:
    'The payee does not ask for the payment, so it was offered in public. ' +
    'It is not late meanwhile; it is paid as soon as it is asked for.',
  paused: 'Paused by you. Nothing is paid until you resume.',
  budget: 'A spending limit is used up. Nothing more is paid before there is room again.',
  payeeUnreachable: 'The payee is not answering. Nothing is paid until they do; we keep asking.',
};

/** Of reasons with several cases the sentences of each. */
const LIMIT_SENTENCES: Readonly<Record<MetLimit['limit'], string>> = {
  day: 'Your limit for 24 hours is used up. Nothing more is paid before there is room again.',
  contract: 'Your limit for this contract is used up. Nothing more is paid under it.',
  wallet:
    'What the wallet lets this connection spend is used up. Nothing is paid before it allows more.',
};
const PAUSED_BY_PAYEE = 'The payee has paused payments. We ask again shortly.';
const BANK_UNREACHABLE =
  'The bank passes payments of this contract on and is not answering. Nothing is paid until it ' +
  'does; when its last word has run out, the payee is asked directly.';

/** Any code the engine shows. */
export type StatusCode = EngineCode | WaitReason | RejectCode;

/** The plain sentence for a code, with a detail in words where there is one. */
export function sentenceOf(code: StatusCode, detail?: string): string {
  const sentence =
    code in ENGINE_SENTENCES
      ? ENGINE_SENTENCES[code as EngineCode]
      : code in WAIT_SENTENCES
        ? WAIT_SENTENCES[code as WaitReason]
        : REJECT_SENTENCES[code as RejectCode];
  return detail === undefined ? sentence : `${sentence} ${detail}`;
}

/** How a payer stands. */
export interface PayerStatus {
  readonly level: 'working' | 'waiting' | 'paused' | 'problem' | 'done';
  readonly code: StatusCode;
  readonly sentence: string;
  /** When it looks again, Unix seconds, where that is known. */
  readonly untilSec: number | undefined;
  /** The spending limit that is used up, where one holds it. */
  readonly limit?: MetLimit['limit'];
}

/** Builds a status. */
export function statusOf(
  level: PayerStatus['level'],
  code: StatusCode,
  options: { readonly detail?: string | undefined; readonly untilSec?: number | undefined } = {},
): PayerStatus {
  return {
    level,
    code,
    sentence: sentenceOf(code, options.detail),
    untilSec: options.untilSec,
  };
}

/** Builds the status of a payer that waits, with what belongs to the reason. */
export function waitingStatus(level: PayerStatus['level'], waiting: Waiting): PayerStatus {
  const { reason: code, untilSec } = waiting;
  const status = { level, code, sentence: sentenceOfWaiting(waiting), untilSec };
  return waiting.reason === 'budget' ? { ...status, limit: waiting.limit } : status;
}

function sentenceOfWaiting(waiting: Waiting): string {
  const { reason } = waiting;
  if (reason === 'budget') return LIMIT_SENTENCES[waiting.limit];
  if (reason === 'paused' && waiting.by === 'payee') return PAUSED_BY_PAYEE;
  if (reason === 'payeeUnreachable' && waiting.whom === 'bank') return BANK_UNREACHABLE;
  if (reason !== 'cohortBehind') return WAIT_SENTENCES[reason];
  const count = waiting.behind.length;
  return sentenceOf(reason, count === 1 ? 'One is behind.' : `${count} are behind.`);
}

const URGENCY: readonly PayerStatus['level'][] = [
  'problem',
  'paused',
  'working',
  'waiting',
  'done',
];

/** Of several payers' statuses the one to look at, of equal ones the first. */
export function mostUrgent(statuses: readonly PayerStatus[]): PayerStatus | undefined {
  const rank = ({ level }: PayerStatus): number => URGENCY.indexOf(level);
  return [...statuses].sort((a, b) => rank(a) - rank(b))[0];
}

/** Why a payee makes no request, to its payer. */
export const REFUSAL_SENTENCES = {
  notEffective: 'The contract does not have all signatures here yet.',
  wrongParts: 'These parts are not the ones the contract plans.',
  walletUnavailable: 'The payee’s wallet is not answering.',
  noPrice: 'Too few of the contract’s oracles give a price; the payee waits for one.',
  paused: 'The payee has paused payments.',
  declined: 'The payee declined.',
  counterpartyUnknown: 'The payee does not know this key.',
};

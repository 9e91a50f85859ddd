/** Milestones and notices of a loan under construction: what the parties sign beside payments. */
import {
  buildMilestone,
  buildNotice,
  embed,
  offerAddress,
  type NoticeDocument,
  type NoticeType,
  type SignedEvent,
  type VerifiedEvent,
} from '../index.ts';
import { publicOf } from './keys.ts';
import type { Loan } from './loan.ts';

/** A claim that a tranche's milestone is reached. */
export function claim(loan: Loan, tranche: number, atSec: number, name = 'business'): SignedEvent {
  const prev = loan.heads(name);
  const said = { contract: loan.root, tranche, statement: 'It is done.', evidence: [], prev };
  return loan.addAs(name, buildMilestone({ v: 1, type: 'claim', ...said }, atSec));
}

/** A decision on a claim. */
export function decide(
  loan: Loan,
  type: 'approval' | 'refusal',
  claimed: SignedEvent,
  atSec: number,
  name = 'bank',
): SignedEvent {
  const inner = embed(claimed as VerifiedEvent);
  const tranche = Number(inner.content['tranche']);
  const prev = loan.heads(name);
  const document = { contract: loan.root, tranche, claim: inner, statement: '', prev };
  return loan.addAs(name, buildMilestone({ v: 1, type, ...document }, atSec));
}

/** What a notice rests on and who signs it, where it is not the bank and all it knows. */
export interface NoticeOptions {
  readonly rests?: readonly string[];
  readonly name?: string;
  readonly instalment?: number;
}

/** A notice on a loan that is not repaid as agreed, resting on every head unless said. */
export function give(
  loan: Loan,
  type: NoticeType,
  atSec: number,
  options: NoticeOptions = {},
): SignedEvent {
  const { name = 'bank', instalment = 1 } = options;
  const all = ['investor', 'business', 'bank'].flatMap((party) => loan.heads(party));
  const seen = [...new Set(options.rests ?? all)].sort();
  const said = { contract: loan.root, seen, statement: '', prev: loan.heads(name) };
  const document: NoticeDocument =
    type === 'arrears' ? { v: 1, type, instalment, ...said } : { v: 1, type, ...said };
  return loan.addAs(name, buildNotice(document, atSec));
}

/** What a bank got for some loans of one offer, and the share of each. */
export interface Recovered {
  readonly grossUnits: bigint;
  readonly costsUnits?: bigint;
  readonly recoveredAtSec: number;
  readonly shares: readonly { readonly contract: string; readonly shareUnits: bigint }[];
}

/** The bank's statement of a recovery, added to a loan. */
export function recover(loan: Loan, got: Recovered, atSec: number, name = 'bank'): SignedEvent {
  const { event, document: offer } = loan.offer;
  // Under another address than its author's own it would not even be read.
  const author = name === 'bank' ? event.pubkey : publicOf(name);
  const address = offerAddress(author, offer.identifier);
  const shares = [...got.shares].sort((a, b) => (a.contract < b.contract ? -1 : 1));
  const document: NoticeDocument = {
    v: 1,
    type: 'recovery',
    offer: { id: event.id, address },
    recoveredAtSec: got.recoveredAtSec,
    grossUnits: got.grossUnits.toString(),
    costsUnits: (got.costsUnits ?? 0n).toString(),
    contracts: shares.map(({ contract }) => contract),
    shareUnits: shares.map(({ shareUnits }) => shareUnits.toString()),
    statement: '',
    prev: loan.heads(name),
  };
  return loan.addAs(name, buildNotice(document, atSec));
}

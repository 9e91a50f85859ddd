/** Milestones and notices of a loan under construction: what the parties sign beside payments. */
import {
  buildMilestone,
  buildNotice,
  embed,
  type NoticeDocument,
  type SignedEvent,
  type VerifiedEvent,
} from '../index.ts';
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

/** An arrears or default notice, resting on every head unless said. */
export function give(
  loan: Loan,
  type: 'arrears' | 'default',
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

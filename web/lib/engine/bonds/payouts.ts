/**
 * Paying what a case came to from the bank's bond: two of the three holders sign exactly what
 * everybody computes from the outcome, one sends it, one records it. Spec: specs/bonds.md.
 */
import {
  bondStanding,
  buildDispute,
  buildSpending,
  deniedBasis,
  embed,
  finaliseSpending,
  ok,
  payoutFeeSat,
  planPayout,
  recordPayout,
  reject,
  signersOf,
  type DisputeDocument,
  type KeyHolderRole,
  type OutputReport,
  type Payout,
  type Result,
} from '@realyield/protocol';
import type { CaseView } from '../cases/case-book.ts';
import { deniedSteps } from '../cases/block-checks.ts';
import { caseHeads, publishStep, stepTimeSec } from '../cases/publishing.ts';
import type { Desk } from '../desk.ts';
import type { BitcoinKey } from './bitcoin-key.ts';
import { holderRole, payoutPlaces, type PayoutPlace, type SignedPayout } from './payout-case.ts';
import type { ParsedPledge } from './pledge-book.ts';

/** Blocks, the first included, after which a payout is recorded. */
const DEPTH = { mainnet: 6, testnet: 6, signet: 6, regtest: 1 } as const;

/** What sources say about a signed payout's transaction. */
export type PayoutProgress =
  | { readonly state: 'unsent' }
  | { readonly state: 'unanswered' }
  | {
      readonly state: 'sent' | 'confirming' | 'confirmed';
      readonly txid: string;
      /** Blocks on it, the one it is in included. */
      readonly depth: number;
      /** How many it takes. */
      readonly needed: number;
      readonly report: OutputReport;
    };

/** A case and one of the bonds it can be paid from. */
interface Found {
  readonly view: CaseView;
  readonly place: PayoutPlace;
}

type PayoutContent<D = DisputeDocument> = D extends { readonly type: 'payout' | 'paidOut' }
  ? Omit<D, 'v' | 'contract' | 'prev' | 'dispute' | 'pledge' | 'outcome'>
  : never;

/** Payouts of one person: as a holder's, or as anybody who looks. */
export class Payouts {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** What an outcome can be paid from. */
  places(view: CaseView): readonly PayoutPlace[] {
    const { cases, listings } = this.#desk.catalog;
    return payoutPlaces(view, listings.pledges, cases);
  }

  /** What this person is to a bond. */
  roleIn(pledge: ParsedPledge): KeyHolderRole | undefined {
    return holderRole(pledge, this.#desk.person.publicKey);
  }

  /** What a holder can do now towards paying a case's outcome from a bond of theirs. */
  next(view: CaseView): 'signingPayout' | 'finishingPayout' | undefined {
    const { clock, person } = this.#desk;
    for (const place of this.places(view)) {
      const { outcome, pledge, signed } = place;
      const isDue = outcome.outstandingUnits > 0n && clock.nowSec() > outcome.payBySec;
      if (!isDue || !this.roleIn(pledge)) continue;
      const same = signed.filter((each) => this.#isNow(place, each));
      if (this.final(place).ok) return 'finishingPayout';
      if (same.every(({ author }) => author !== person.publicKey)) return 'signingPayout';
    }
    return undefined;
  }

  /** This person's key of a bond where it is kept here; otherwise it is in a wallet. */
  keyFor({ bond, pledge }: PayoutPlace): BitcoinKey | undefined {
    const role = this.roleIn(pledge);
    const publicKey = role && bond.script.kind === 'collateral' && bond.script.holderKeys[role];
    const keys = this.#desk.keyring.keys();
    return keys.find(({ bitcoin }) => bitcoin?.publicKey === publicKey)?.bitcoin;
  }

  /** What would be paid, with a fee that is this. */
  plan({ bond, outcome, sharesSat }: PayoutPlace, feeSat: bigint): Result<Payout> {
    return planPayout({ bond, awards: outcome.awards, sharesSat, feeSat });
  }

  /** The fee at a rate, satoshis. */
  feeSat({ bond, outcome }: PayoutPlace, satPerVirtualByte: number): bigint {
    const open = outcome.awards.filter(({ outstandingUnits }) => outstandingUnits > 0n);
    const addresses = open.flatMap(({ award }) => award.address ?? []);
    return payoutFeeSat(bond, addresses, satPerVirtualByte);
  }

  /** The transaction for a wallet to look at and sign, PSBT in base64. */
  unsigned(place: PayoutPlace, feeSat: bigint): Result<string> {
    const payout = this.plan(place, feeSat);
    return payout.ok ? buildSpending(place.bond, payout.value.plan) : payout;
  }

  /** Whether a signed payout is what is computed now, and who has signed it: their keys. */
  check(place: PayoutPlace, { feeSat, psbt }: Pick<SignedPayout, 'feeSat' | 'psbt'>) {
    const payout = this.plan(place, feeSat);
    return payout.ok ? signersOf(psbt, place.bond, payout.value.plan) : payout;
  }

  /**
   * Signs a payout as one of the three and publishes it: by the key kept here, or as a wallet has
   * signed it. Refused to the satoshi where it is not what is computed.
   */
  async sign(
    id: string,
    pledge: string,
    feeSat: bigint,
    signedPsbt?: string,
  ): Promise<Result<string>> {
    const found = this.#find(id, pledge);
    if (!found.ok) return found;
    const { place, view } = found.value;
    const role = this.roleIn(place.pledge);
    const { script } = place.bond;
    if (!role || script.kind !== 'collateral') return reject('AUTHOR_ROLE');
    const payout = this.plan(place, feeSat);
    if (!payout.ok) return payout;
    const { plan } = payout.value;
    const unsigned = buildSpending(place.bond, plan);
    if (!unsigned.ok) return unsigned;
    const own = this.keyFor(place)?.signSpending(unsigned.value, place.bond, plan);
    const psbt = signedPsbt === undefined ? own : ok(signedPsbt);
    if (!psbt) return reject('PAYOUT_SIGNER');
    if (!psbt.ok) return psbt;
    const signers = signersOf(psbt.value, place.bond, plan);
    if (!signers.ok) return signers;
    if (!signers.value.includes(script.holderKeys[role])) return reject('PAYOUT_SIGNER');
    const proven = await this.#prove(place);
    if (!proven.ok) return proven;
    const denied = await deniedSteps(this.#desk, view);
    const { outcome } = place;
    const taken = outcome.type === 'ruling' ? view.fold.taken : undefined;
    const basis = { dispute: id, outcome: outcome.id, taken };
    const wrong = deniedBasis(basis, (step) => denied.has(step));
    if (wrong !== undefined) return reject('BLOCK_DENIED', wrong);
    const said = { type: 'payout' as const, feeSat: feeSat.toString(), psbt: psbt.value };
    return this.#publish(view, place, said);
  }

  /** The transaction that two have signed, ready to be sent. */
  final(place: PayoutPlace): Result<string> {
    let last: Result<string> = reject('PAYOUT_SIGNATURES');
    for (const feeSat of new Set(place.signed.map((each) => each.feeSat))) {
      const payout = this.plan(place, feeSat);
      if (!payout.ok) {
        last = payout;
        continue;
      }
      const same = place.signed.filter(
        (each) => each.feeSat === feeSat && this.#isNow(place, each),
      );
      // BD-26: "…one that was signed for what is open no more is refused as `PAYOUT_MISMATCH`.…"
      if (same.length === 0) last = reject('PAYOUT_MISMATCH');
      else {
        const psbts = same.map(({ psbt }) => psbt);
        last = finaliseSpending(psbts, place.bond, payout.value.plan);
      }
      if (last.ok) return last;
    }
    return last;
  }

  /** Hands what two have signed to the network; yields the transaction's id. */
  async send(id: string, pledge: string): Promise<Result<string>> {
    const found = this.#find(id, pledge);
    if (!found.ok) return found;
    const { place } = found.value;
    const under = await this.progress(place);
    // The same transaction as before, in a block or on its way to one.
    if (under.state !== 'unsent' && under.state !== 'unanswered') return ok(under.txid);
    const final = this.final(place);
    if (!final.ok) return final;
    const proven = await this.#prove(place);
    if (!proven.ok) return proven;
    let words = '';
    for (const source of await this.#desk.chainSources(place.bond.network)) {
      words = (await source.broadcast(final.value)) ?? '';
      if (words === '') break;
    }
    // What one did not answer may have reached it, and another may know it.
    const after = await this.progress(place);
    if (after.state !== 'unsent' && after.state !== 'unanswered') return ok(after.txid);
    return reject('PAYOUT_UNSENT', words);
  }

  /** What sources say about the payouts that were signed. */
  async progress({ bond, signed }: PayoutPlace): Promise<PayoutProgress> {
    const sources = await this.#desk.chainSources(bond.network);
    let isAnswered = false;
    for (const txid of new Set(signed.map((each) => each.txid))) {
      const answers = await Promise.all(sources.map((each) => each.lookUp({ txid, vout: 0 })));
      const reports = answers.flatMap(({ report }) => (report === undefined ? [] : [report]));
      isAnswered ||= reports.length > 0;
      const known = reports.filter((report) => report !== 'none');
      const report = known.find(({ block }) => block !== undefined) ?? known[0];
      if (!report) continue;
      const depth = report.block ? report.tipHeight - report.block.height + 1 : 0;
      const needed = DEPTH[bond.network];
      const isDeep = depth >= needed;
      const state = depth === 0 ? 'sent' : isDeep ? 'confirmed' : 'confirming';
      return { state, txid, depth, needed, report };
    }
    return { state: isAnswered || signed.length === 0 ? 'unsent' : 'unanswered' };
  }

  /** Records a payout that is deep enough in the chain: from then on everybody sees it. */
  async record(id: string, pledge: string): Promise<Result<string>> {
    const found = this.#find(id, pledge, false);
    if (!found.ok) return found;
    const { place, view } = found.value;
    if (!this.roleIn(place.pledge)) return reject('AUTHOR_ROLE');
    const progress = await this.progress(place);
    if (progress.state !== 'confirmed') return reject('CHAIN_BLOCK', progress.state);
    const addresses = place.outcome.awards.flatMap(({ award }) => award.address ?? []);
    const onChain = recordPayout(progress.report, place.bond, addresses);
    if (!onChain.ok) return onChain;
    return this.#publish(view, place, { type: 'paidOut' as const, ...onChain.value });
  }

  #isNow(place: PayoutPlace, signed: SignedPayout): boolean {
    const signers = this.check(place, signed);
    return signers.ok && signers.value.length > 0;
  }

  /** A bond of a case to pay from now: what is to be paid in time is not paid from a bond. */
  #find(id: string, pledge: string, isPaying = true): Result<Found> {
    const view = this.#desk.catalog.cases.find(id);
    if (!view) return reject('DISPUTE_UNKNOWN');
    const place = this.places(view).find((each) => each.pledge.event.id === pledge);
    if (!place) return reject('CONTRACT_MISMATCH', 'pledge');
    // BD-26: "A key holder MUST sign and send a payout only after the time to pay…"
    const isDue = this.#desk.clock.nowSec() > place.outcome.payBySec;
    return isDue || !isPaying ? ok({ view, place }) : reject('STATE_FORBIDS', 'time to pay');
  }

  /** Whether two sources show the bond as live now. */
  async #prove({ pledge }: PayoutPlace): Promise<Result<true>> {
    const { clock } = this.#desk;
    const { document, event } = pledge;
    const sources = await this.#desk.chainSources(document.network);
    const answers = await Promise.all(sources.map((each) => each.lookUp(document.outpoint)));
    const standing = bondStanding(document, event.pubkey, answers, clock.nowSec());
    // BD-26: "…while the bond is live, and as it is computed then…"
    return standing.state === 'live' ? ok(true) : reject('BOND_UNPROVEN', standing.state);
  }

  #publish(view: CaseView, { outcome, pledge }: PayoutPlace, said: PayoutContent) {
    const { person } = this.#desk;
    const { contract, contracts } = view.fold;
    const document = {
      v: 1,
      contract,
      dispute: view.id,
      prev: caseHeads({ steps: view.steps }),
      outcome: outcome.id,
      pledge: embed(pledge.event),
      ...said,
    } as DisputeDocument;
    const atSec = stepTimeSec(this.#desk, view.steps, person.publicKey);
    return publishStep(this.#desk, person, buildDispute(document, atSec), contracts);
  }
}

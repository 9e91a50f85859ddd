/** A case under construction: its loans, and steps signed by whom, when and knowing what. */
import {
  buildDispute,
  embed,
  foldDispute,
  planTicks,
  type Award,
  type ContractState,
  type DisputeCase,
  type DisputeDocument,
  type DisputeReason,
  type ParsedEvent,
  type Result,
  type SignedEvent,
  type VerifiedEvent,
} from '../index.ts';
import { hashOf } from './keys.ts';
import { Loan, type LoanOptions } from './loan.ts';

/** Seconds of a contract day of these loans. */
export const CASE_DAY_SEC = 60;
/** The day on which cases of tests are opened: the only instalment was due on day 90. */
export const OPEN_DAY = 100;

const serving = { arbiter: 'arbiter', fallbackArbiter: 'fallback arbiter' } as const;

/** A loan paid out and not repaid, whose contract names who decides. */
export function unpaidLoan(investor = 'investor', options: LoanOptions = {}): Loan {
  const loan = new Loan({
    serving,
    seed: investor === 'investor' ? '' : investor,
    cast: (name) => (name === 'investor' ? investor : name),
    ...options,
  });
  loan.signAll();
  const ticks = planTicks(loan.contract.document);
  loan.pay('disbursement', ticks, loan.startAtSec + 11 * CASE_DAY_SEC);
  return loan;
}

/** Who signs a step, when, knowing which steps; all so far unless said. */
export interface StepOptions {
  readonly prev?: readonly SignedEvent[];
  readonly loan?: Loan;
  /** Its block's median time as a day, where it is not the day it is signed. */
  readonly blockDay?: number;
  /** The test key that signs, where it is not the loan's for that name. */
  readonly key?: string;
}

type Content<Document> = Document extends DisputeDocument
  ? Omit<Document, 'v' | 'contract' | 'prev' | 'dispute' | 'block'>
  : never;

const BLOCKED: ReadonlySet<string> = new Set(['open', 'join', 'taken', 'ruling', 'fallback']);

/** Ids, rising. */
export function idsOf(...events: readonly { readonly id: string }[]): string[] {
  return events.map(({ id }) => id).sort();
}

/** One case of one or more loans. */
export class TestCase {
  readonly loans: readonly Loan[];
  readonly steps: SignedEvent[] = [];
  readonly parsed: ParsedEvent[] = [];
  #states: ReadonlyMap<string, ContractState> | undefined;

  constructor(...loans: readonly Loan[]) {
    this.loans = loans;
  }

  /** The first loan. */
  get loan(): Loan {
    const [loan] = this.loans;
    if (!loan) throw new Error('a case has a loan');
    return loan;
  }

  /** The case's id. */
  get id(): string {
    return this.steps[0]?.id ?? hashOf('no case');
  }

  /** The folds of the loans as they stand, made anew after a payment. */
  get states(): ReadonlyMap<string, ContractState> {
    this.#states ??= new Map(this.loans.map((loan) => [loan.root, loan.fold().state]));
    return this.#states;
  }

  /** What the contracts know has changed. */
  refresh(): void {
    this.#states = undefined;
  }

  /** Seconds of a day of the first loan. */
  at(day: number): number {
    return this.loan.startAtSec + Math.round(day * CASE_DAY_SEC);
  }

  /** Signs a step without adding it. */
  sign(name: string, said: Content<DisputeDocument>, day: number, options: StepOptions = {}) {
    const loan = options.loan ?? this.loan;
    const prev = idsOf(...(options.prev ?? this.#heads()));
    const medianTimeSec = this.at(options.blockDay ?? day);
    const block = {
      height: 900_000 + Math.floor(day),
      hash: hashOf(`block ${day}`),
      medianTimeSec,
    };
    const document = {
      v: 1,
      contract: loan.root,
      prev,
      ...said,
      ...(said.type === 'open' ? {} : { dispute: this.id }),
      ...(BLOCKED.has(said.type) ? { block } : {}),
    } as DisputeDocument;
    return loan.signing.sign(
      options.key ?? loan.nameOf(name),
      buildDispute(document, this.at(day)),
    );
  }

  /** Adds a signed step. */
  add(event: SignedEvent): SignedEvent {
    this.parsed.push(...this.loan.signing.read(event));
    this.steps.push(event);
    return event;
  }

  /** Signs a step and adds it. */
  step(name: string, said: Content<DisputeDocument>, day: number, options: StepOptions = {}) {
    return this.add(this.sign(name, said, day, options));
  }

  #heads(): SignedEvent[] {
    const named = new Set(
      this.parsed.flatMap(({ document }) => ('prev' in document ? document.prev : [])),
    );
    return this.steps.filter(({ id }) => !named.has(id));
  }

  /** Opens the case. */
  open(claimUnits: bigint, day = OPEN_DAY, reason: DisputeReason = 'notRepaid'): SignedEvent {
    return this.step(
      'investor',
      {
        type: 'open',
        reason,
        claimUnits: claimUnits.toString(),
        statement: 'Nothing has come.',
        documents: [],
        events: [],
      },
      day,
    );
  }

  /** The bank's answer. */
  respond(day = OPEN_DAY + 5, options: StepOptions = {}, name = 'bank'): SignedEvent {
    return this.step(
      name,
      { type: 'response', statement: 'The bakery was closed.', documents: [] },
      day,
      options,
    );
  }

  /** The arbiter takes the case. */
  take(day = OPEN_DAY + 16, name = 'arbiter', options: StepOptions = {}): SignedEvent {
    const admitted = idsOf(...this.steps);
    return this.step(name, { type: 'taken', admitted }, day, options);
  }

  /** A ruling on a case that was taken. */
  rule(taken: SignedEvent, awards: readonly Award[], day = OPEN_DAY + 30, name = 'arbiter') {
    return this.step(name, rulingOn(taken, this.steps, awards, this.at(day + 14)), day);
  }

  /** A step that accepts a proposal. */
  accept(name: string, proposal: SignedEvent, day: number, options: StepOptions = {}) {
    const inner = embed(proposal as VerifiedEvent);
    return this.step(name, { type: 'settlement', proposal: inner }, day, options);
  }

  /** An award of the first loan's, to be repaid by the business. */
  award(units: bigint, leg: Award['leg'] = 'recovery', loan = this.loan): Award {
    return { contract: loan.root, leg, units: units.toString() };
  }

  /** The case as it stands, or by other steps. */
  result(parsed: Iterable<ParsedEvent> = this.parsed): Result<DisputeCase> {
    return foldDispute(this.id, parsed, this.states);
  }

  /** The same where there is a case. */
  fold(parsed: Iterable<ParsedEvent> = this.parsed): DisputeCase {
    const folded = this.result(parsed);
    if (!folded.ok) throw new Error(folded.code);
    return folded.value;
  }
}

/** What a ruling says. */
export function rulingOn(
  taken: { readonly id: string },
  admitted: readonly { readonly id: string }[],
  awards: readonly Award[],
  payBySec: number,
): Content<DisputeDocument> {
  return {
    type: 'ruling',
    taken: taken.id,
    admitted: idsOf(...admitted),
    findings: 'It was due and it was not paid.',
    awards: [...awards],
    payBySec,
  };
}

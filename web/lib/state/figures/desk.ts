/**
 * Figures over contracts, incrementally: a contract is summarised again only when its facts have
 * changed or its summary has gone stale; adding up is cheap. Pure of threads: the worker holds one,
 * and so does the page where no worker can be had.
 */
import {
  cashFlows,
  combineBank,
  combinePortfolio,
  findReusedHashes,
  isKeptIn,
  ledgerUnitOf,
  repaymentHistory,
  summarizeContract,
  summarizeHolding,
  type BankFigures,
  type CashFlow,
  type ContractState,
  type ContractSummary,
  type HashReuse,
  type HistoryRow,
  type HoldingSummary,
  type LedgerUnit,
  type Opening,
  type PortfolioFigures,
} from '@realyield/protocol';

/** Bitcoin networks by name. */
export type Network = ContractSummary['network'];

/** What can be asked. */
export type Ask =
  | {
      readonly type: 'bank';
      readonly bank: string;
      readonly asOfSec: number;
      /** With the history of repayments and every contract. */
      readonly isDetailed: boolean;
      /** Whose contract keys are whose, as far as the reader was told. */
      readonly openings?: readonly Opening[];
    }
  | { readonly type: 'portfolio'; readonly roots: readonly string[]; readonly asOfSec: number }
  | { readonly type: 'flows'; readonly roots: readonly string[]; readonly asOfSec: number };

type AskBank = Extract<Ask, { type: 'bank' }>;

/** At least one book: bitcoin before currencies, these by their codes. */
export type Books<Book> = readonly [Book, ...Book[]];

/** A bank's contracts in one denomination; where details were asked, repayments and contracts. */
export interface BankBook {
  readonly figures: BankFigures;
  readonly history: readonly HistoryRow[];
  readonly contracts: readonly ContractSummary[];
}

/** A bank's figures: a book for each denomination, amounts of which are never added (F-3). */
export interface BankAnswer {
  readonly type: 'bank';
  readonly asOfSec: number;
  /** First second at which the same facts may give other figures. */
  readonly staleAtSec: number;
  readonly books: Books<BankBook>;
}

/** An investor's contracts in one denomination. */
export interface PortfolioBook {
  readonly figures: PortfolioFigures;
  readonly contracts: readonly HoldingSummary[];
}

/** An investor's figures, a book for each denomination. */
export interface PortfolioAnswer {
  readonly type: 'portfolio';
  readonly asOfSec: number;
  readonly staleAtSec: number;
  readonly books: Books<PortfolioBook>;
}

/** Every payment of some contracts. */
export interface FlowsAnswer {
  readonly type: 'flows';
  readonly asOfSec: number;
  readonly staleAtSec: number;
  readonly flows: readonly CashFlow[];
}

/** What is answered. */
export type Answer = BankAnswer | PortfolioAnswer | FlowsAnswer;

interface Kept<Summary> {
  readonly state: ContractState;
  /** The parts that count elsewhere, as one text. */
  readonly reused: string;
  readonly summary: Summary;
}

const none: ReadonlySet<string> = new Set();

/** Keeps a summary of each contract until it may be another. */
class SummaryCache<Summary extends ContractSummary> {
  readonly #make: (state: ContractState, asOfSec: number, reused: ReadonlySet<string>) => Summary;
  readonly #kept = new Map<string, Kept<Summary>>();

  constructor(
    make: (state: ContractState, asOfSec: number, reused: ReadonlySet<string>) => Summary,
  ) {
    this.#make = make;
  }

  get(state: ContractState, asOfSec: number, reused: ReadonlySet<string>): Summary {
    const reusedText = [...reused].sort().join();
    const kept = this.#kept.get(state.root);
    if (kept?.state === state && kept.reused === reusedText) {
      const { summary } = kept;
      if (asOfSec >= summary.asOfSec && asOfSec < summary.staleAtSec) return summary;
    }
    const summary = this.#make(state, asOfSec, reused);
    this.#kept.set(state.root, { state, reused: reusedText, summary });
    return summary;
  }
}

/** The network a book is told on: mainnet where it has contracts there, else its usual one. */
function networkOf(states: readonly ContractState[]): Network {
  const counts = new Map<Network, number>();
  for (const { contract } of states) {
    const { network } = contract.document;
    counts.set(network, (counts.get(network) ?? 0) + 1);
  }
  if (counts.has('mainnet')) return 'mainnet';
  const [most] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return most?.[0] ?? 'mainnet';
}

/** The units contracts are kept in, bitcoin where there are none. */
function unitsOf(states: readonly ContractState[]): Books<LedgerUnit> {
  const units = new Map<string, LedgerUnit>();
  for (const { contract } of states) {
    const unit = ledgerUnitOf(contract.document.denomination);
    // Bitcoin sorts before any currency.
    units.set(unit.type === 'msat' ? '' : `${unit.currency} ${unit.minorDigits}`, unit);
  }
  const [first = { type: 'msat' as const }, ...others] = [...units]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, unit]) => unit);
  return [first, ...others];
}

/** Contracts of one book on one network, with the hashes several of them claim. */
interface Book {
  readonly network: Network;
  readonly here: readonly ContractState[];
  readonly all: readonly ContractState[];
  readonly reuse: HashReuse;
}

function isSame(a: readonly ContractState[], b: readonly ContractState[]): boolean {
  return a.length === b.length && a.every((state, at) => state === b[at]);
}

function staleAtSec(summaries: readonly ContractSummary[]): number {
  return summaries.reduce((soonest, each) => Math.min(soonest, each.staleAtSec), Infinity);
}

/** Contracts and the figures made of them. */
export class FigureDesk {
  readonly #states = new Map<string, ContractState>();
  readonly #rootsByBank = new Map<string, Set<string>>();
  readonly #summaries = new SummaryCache(summarizeContract);
  readonly #holdings = new SummaryCache(summarizeHolding);
  /** The last book of each bank or portfolio, until one of its contracts changes. */
  readonly #books = new Map<string, Book>();

  /** Takes contracts as they stand now; the last of each counts. */
  put(states: readonly ContractState[]): void {
    for (const state of states) {
      this.#states.set(state.root, state);
      const bank = state.contract.document.parties.bank.pubkey;
      const roots = this.#rootsByBank.get(bank) ?? new Set<string>();
      this.#rootsByBank.set(bank, roots.add(state.root));
    }
  }

  /** Answers from what was put. */
  answer(ask: Ask): Answer {
    switch (ask.type) {
      case 'bank':
        return this.#bank(ask);
      case 'portfolio':
        return this.#portfolio(ask.roots, ask.asOfSec);
      case 'flows': {
        const flows = cashFlows(this.#known(ask.roots));
        return { type: 'flows', asOfSec: ask.asOfSec, staleAtSec: Infinity, flows };
      }
    }
  }

  #known(roots: Iterable<string>): ContractState[] {
    return [...roots].flatMap((root) => this.#states.get(root) ?? []);
  }

  #book(key: string, all: readonly ContractState[]): Book {
    const known = this.#books.get(key);
    if (known && isSame(known.all, all)) return known;
    const network = networkOf(all);
    const here = all.filter(({ contract }) => contract.document.network === network);
    const book = { network, here, all, reuse: findReusedHashes(here) };
    this.#books.set(key, book);
    return book;
  }

  #bank({ bank, asOfSec, isDetailed, openings = [] }: AskBank): BankAnswer {
    const signed = this.#known(this.#rootsByBank.get(bank) ?? []).filter(
      (state) => state.signatures.bank !== undefined,
    );
    const { network, here, all, reuse } = this.#book(bank, signed);
    const contracts = all.map((state) =>
      this.#summaries.get(state, asOfSec, reuse.notCounted.get(state.root) ?? none),
    );
    const roots = new Set(here.map(({ root }) => root));
    const bookIn = (denomination: LedgerUnit): BankBook => {
      const kept = { network, denomination };
      const shown = contracts.filter((each) => roots.has(each.root) && isKeptIn(each, kept));
      return {
        figures: combineBank(bank, kept, contracts, { reuse, openings }),
        history: isDetailed ? repaymentHistory(shown) : [],
        contracts: isDetailed ? shown : [],
      };
    };
    const [first, ...others] = unitsOf(here);
    const books: Books<BankBook> = [bookIn(first), ...others.map(bookIn)];
    return { type: 'bank', asOfSec, staleAtSec: staleAtSec(contracts), books };
  }

  #portfolio(roots: readonly string[], asOfSec: number): PortfolioAnswer {
    const { network, here, reuse } = this.#book('portfolio', this.#known(roots));
    const contracts = here.map((state) =>
      this.#holdings.get(state, asOfSec, reuse.notCounted.get(state.root) ?? none),
    );
    const bookIn = (denomination: LedgerUnit): PortfolioBook => {
      const kept = { network, denomination };
      return {
        figures: combinePortfolio(kept, contracts),
        contracts: contracts.filter((each) => isKeptIn(each, kept)),
      };
    };
    // What has not begun brings no book of zeros with it.
    const begun = here.filter(({ effectiveAtSec }) => effectiveAtSec !== undefined);
    const [first, ...others] = unitsOf(begun.length > 0 ? begun : here);
    const books: Books<PortfolioBook> = [bookIn(first), ...others.map(bookIn)];
    return { type: 'portfolio', asOfSec, staleAtSec: staleAtSec(contracts), books };
  }
}

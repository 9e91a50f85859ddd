/** A till that the bank runs, in words: whose money it is, which share applies and why. */
import { recoverySinceSec, tillRate, type ContractState, type TillRate } from '@realyield/protocol';
import type { Catalog } from '../../engine/catalog.ts';
import type { BankPurse } from '../../engine/till/bank-purse.ts';
import type { HostedTill, HostedTills } from '../../engine/till/hosted-tills.ts';
import type { TillSale } from '../../engine/till/sale.ts';
import { formatBps, formatDue, formatPlural } from '../../format.ts';
import { titleOf } from './contract.ts';
import { calendarOf } from './notices.ts';
import { nameOf, type Names } from './people.ts';

/** What applies of one loan at the till now. */
export interface TillLoan {
  readonly root: string;
  readonly title: string;
  readonly rate: TillRate;
  /** What applies and why, as a sentence. */
  readonly sentence: string;
  readonly isRecovery: boolean;
}

/** The bank's till as its business sees it. */
export interface BankTillView {
  readonly name: string;
  /** Whether the next sale is the bank's to take. */
  readonly takes: boolean;
  readonly loans: readonly TillLoan[];
  readonly isRecovery: boolean;
  /** By the bank's words; undefined before it took anything. */
  readonly takenMsat: bigint | undefined;
  readonly merchantsMsat: bigint;
  /** By receipts. */
  readonly paidOnMsat: bigint;
  /** What the bank holds still of what is the business's. */
  readonly heldMsat: bigint;
  readonly thresholdSat: number;
}

/** What of each sale repays a loan now, and why. */
export function tillSentence(state: ContractState, nowSec: number): string {
  const { tillShare } = state.contract.document;
  const rate = tillRate(state, nowSec);
  const share = `${formatBps(rate.shareBps)} of each sale for the whole loan`;
  if (rate.reason === 'none') return 'Nothing is outstanding: no sale repays it now.';
  if (rate.reason === 'agreed') return `${share}, as agreed.`;
  const sinceSec = recoverySinceSec(state, nowSec) ?? nowSec;
  const since = formatDue(sinceSec, calendarOf(state));
  const isCalledIn = state.acceleratedAtSec !== undefined;
  return (
    `${share} since ${since}, instead of ${formatBps(tillShare?.shareBps ?? 0)}: ` +
    (isCalledIn
      ? 'the loan is in default and called in as a whole. It is so until all is repaid.'
      : 'the loan is in default and an instalment is late. Once nothing is late it is as before.')
  );
}

/** Legs' sum over contracts, msat. */
function movedMsat(states: readonly ContractState[], leg: 'tillShare' | 'takings'): bigint {
  return states.reduce((sum, { paid }) => sum + paid.totalUnits(leg), 0n);
}

function loanOf(state: ContractState, nowSec: number): TillLoan {
  const rate = tillRate(state, nowSec);
  return {
    ...{ root: state.root, title: titleOf(state), rate, sentence: tillSentence(state, nowSec) },
    isRecovery: rate.reason === 'recovery',
  };
}

/** The bank's till of a business; undefined where its tills are all its own. */
export function bankTillView(
  purse: BankPurse,
  catalog: Catalog | undefined,
  names: Names,
  nowSec: number,
): BankTillView | undefined {
  const { contracts, said, all } = purse;
  const [first = all[0]] = contracts;
  if (!first) return undefined;
  const states = all.map((state) => catalog?.contract(state.root)?.fold.state ?? state);
  const merchantsMsat = said?.merchantsMsat ?? 0n;
  const paidOnMsat = movedMsat(states, 'takings');
  // Lenders of one loan have one share: it is said once, of whoever's applies most.
  const loans = new Map<string, TillLoan>();
  for (const state of contracts) {
    const offer = state.contract.document.bases.find(({ as }) => as === 'offer')?.event.id;
    const key = offer ?? state.root;
    const loan = loanOf(state, nowSec);
    const before = loans.get(key);
    if (!before || before.rate.shareBps < loan.rate.shareBps) loans.set(key, loan);
  }
  const { parties, tillShare } = first.contract.document;
  return {
    name: nameOf(names, parties.bank.pubkey),
    takes: contracts.length > 0,
    loans: [...loans.values()],
    isRecovery: [...loans.values()].some(({ isRecovery }) => isRecovery),
    takenMsat: said?.takenMsat,
    ...{ merchantsMsat, paidOnMsat },
    heldMsat: merchantsMsat > paidOnMsat ? merchantsMsat - paidOnMsat : 0n,
    thresholdSat: tillShare?.thresholdSat ?? 1,
  };
}

/** What a contract's page says of the till its bank runs. */
export interface ContractTill {
  readonly sentence: string;
  readonly isRecovery: boolean;
  readonly repaidMsat: bigint;
  readonly paidOnMsat: bigint;
  readonly reportedMsat: bigint;
}

/** The till of one contract, by public events alone. */
export function contractTill(state: ContractState, nowSec: number): ContractTill {
  return {
    sentence: tillSentence(state, nowSec),
    isRecovery: tillRate(state, nowSec).reason === 'recovery',
    repaidMsat: movedMsat([state], 'tillShare'),
    paidOnMsat: movedMsat([state], 'takings'),
    reportedMsat: state.sales.reduce((sum, { revenueUnits }) => sum + revenueUnits, 0n),
  };
}

/** The bank that took a sale and reports it, by its name; undefined for one's own till. */
export function takerName(names: Names, { bank }: Pick<TillSale, 'bank'>): string | undefined {
  if (bank === undefined) return undefined;
  const state = names.catalog.contract(bank)?.fold.state;
  return state ? nameOf(names, state.contract.document.parties.bank.pubkey) : 'the bank';
}

/** A till that this person runs as a bank. */
export interface HostedTillView {
  readonly business: string;
  readonly name: string;
  readonly sales: number;
  readonly takenMsat: bigint;
  /** Proven to have been paid to those who lent, and to the business. */
  readonly sharesMsat: bigint;
  readonly paidOnMsat: bigint;
  /** Paid on by the bank's other devices, of sales that those took. */
  readonly elsewhereMsat: bigint;
  /**
   * What this device holds of the takings still, for both; where another has taken over from it,
   * what that one holds.
   */
  readonly heldMsat: bigint;
  readonly isRecovery: boolean;
  readonly unreported: number;
  /** Another device of the bank has taken over what this one took. */
  readonly isClosed: boolean;
  /** Other devices that took something, the fullest first. */
  readonly others: readonly OtherTillView[];
}

/** What another device of the bank took at a till, by the copies it sent. */
export interface OtherTillView {
  readonly device: string;
  readonly sales: number;
  /** Whether it pays on as well what a device that was lost took. */
  readonly hasTakenOver: boolean;
  /** Invoices that it made and that may be paid still, or were. */
  readonly open: number;
  readonly heldMsat: bigint;
  /** When it was last heard of, Unix seconds. */
  readonly atSec: number;
}

/** What another device took at a till, in a few words. */
export function otherTitle(other: Pick<OtherTillView, 'sales' | 'hasTakenOver'>): string {
  const sales = other.sales > 0 ? formatPlural(other.sales, 'sale') : 'no sale';
  if (!other.hasTakenOver) return `Another device of yours took ${sales} here`;
  return other.sales > 0
    ? `Another device of yours took ${sales} here, and took over from a lost one`
    : 'Another device of yours took over here from a lost one';
}

/** What is held of what a device took, by who pays it on. */
function heldMsat(hosted: HostedTills, of: HostedTill, ownMsat: bigint): bigint {
  if (!hosted.isClosed(of.business)) return ownMsat;
  const takers = hosted.elsewhere(of).filter(({ hasOurs }) => hasOurs);
  return takers.reduce((sum, taker) => sum + taker.heldMsat, 0n);
}

function othersAt(hosted: HostedTills, of: HostedTill): readonly OtherTillView[] {
  const views = hosted.elsewhere(of).map(({ copy: { device, took }, sales, heldMsat, atSec }) => {
    const paid = sales.filter((sale) => sale.paid !== undefined).length;
    const hasTakenOver = took.length > 0;
    return { device, sales: paid, hasTakenOver, open: sales.length - paid, heldMsat, atSec };
  });
  return views.sort((a, b) => (a.heldMsat > b.heldMsat ? -1 : 1));
}

/** The tills this person runs, by the names of their businesses. */
export function hostedTillViews(
  hosted: HostedTills,
  names: Names,
  nowSec: number,
): readonly HostedTillView[] {
  const views = hosted.all.map((each): HostedTillView => {
    const { business, till, reports } = each;
    const roots = [...hosted.contractsOf(each)];
    const states = roots.flatMap((root) => names.catalog.contract(root)?.fold.state ?? []);
    const { takenMsat } = till;
    const handed = hosted.handedOn(each);
    return {
      ...{ business, name: nameOf(names, business), takenMsat, ...handed },
      sales: till.sales.filter(({ paid }) => paid !== undefined).length,
      heldMsat: heldMsat(hosted, each, takenMsat - handed.sharesMsat - handed.paidOnMsat),
      isRecovery: states.some((state) => tillRate(state, nowSec).reason === 'recovery'),
      unreported: reports.unreported.reduce((sum, { sales }) => sum + sales.length, 0),
      isClosed: hosted.isClosed(business),
      others: othersAt(hosted, each),
    };
  });
  return views
    .filter(
      ({ sales, elsewhereMsat, others }) => sales > 0 || elsewhereMsat > 0n || others.length > 0,
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

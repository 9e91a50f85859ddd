/**
 * What this device did for a contract and what stopped it: each payment of its journal, with the
 * proof and what the wallet charged, what it passed on as the bank, and the lines of its log.
 */
import { LEGS, type Leg } from '@realyield/protocol';
import type { Activity } from '../../engine/activity.ts';
import type { ForwardEntry } from '../../engine/forwarding/journal.ts';
import { paidMsat, type JournalEntry } from '../../engine/journal-entries.ts';
import type { Session } from '../../engine/session.ts';
import { formatCount, satText } from '../../format.ts';

/** A payment, as it stands. */
export interface ActivityPayment {
  readonly amountMsat: bigint;
  /** What the wallet charged on top, msat; undefined while it has not said. */
  readonly feesPaidMsat: bigint | undefined;
  /** What only a payment buys, hex; undefined while it is not here. */
  readonly preimage: string | undefined;
  /** Undefined where another device paid, and only the receipt has it. */
  readonly paymentHash: string | undefined;
}

/** One thing that happened. */
export interface ActivityRow {
  readonly id: string;
  readonly atSec: number;
  readonly tone: 'plain' | 'waiting' | 'problem' | 'done';
  /** May hold words that others wrote. */
  readonly title: string;
  /** May hold words that others wrote. */
  readonly detail?: string;
  /** A reject code or an engine code; none for a payment. */
  readonly code?: string;
  readonly payment?: ActivityPayment;
}

/** From what it is put together. */
export interface ActivitySource {
  readonly lines: readonly Activity[];
  readonly entries?: readonly JournalEntry[];
  readonly forwards?: readonly ForwardEntry[];
}

/** The newest of what happened, and how much there is. */
export interface ActivityView {
  readonly rows: readonly ActivityRow[];
  readonly count: number;
}

/** Something that happened; its words are made when it is shown. */
interface Happening {
  readonly atMs: number;
  /** What came later within the same moment has more. */
  readonly rank: number;
  readonly row: () => Omit<ActivityRow, 'atSec'>;
}

/**
 * What a payment is of. It has a number where the page counts: payments of the stream, and
 * tranches. Orders are counted nowhere: their number would be taken for an instalment's.
 */
const NAMES: Readonly<Record<Leg, (n: number) => string>> = {
  disbursement: (n) => `Payment ${formatCount(n + 1)} of the loan`,
  repayment: () => 'Repayment',
  originationFee: (n) => `Fee of tranche ${formatCount(n + 1)}`,
  servicing: () => 'The bank’s share of a repayment',
  guarantee: () => 'Payment under the guarantee',
  handedOn: () => 'Handed on to the bank',
  recovery: () => 'Share of what was recovered',
  tillShare: () => 'Share of sales at the till',
  takings: () => 'Takings of the till, paid on',
};

const TONES: Readonly<Record<Activity['level'], ActivityRow['tone']>> = {
  info: 'plain',
  waiting: 'waiting',
  problem: 'problem',
};

const UNCLEAR = 'The wallet was told, and has not said yet what came of it.';
const BY_ANOTHER = 'Paid and proven by another device.';

/** How a payment of the journal is shown; undefined: nothing has left the wallet for it. */
function standOf({
  step,
  sentAtMs,
}: JournalEntry): Pick<ActivityRow, 'tone' | 'detail'> | undefined {
  if (step === 'sending' || step === 'unknown') return { tone: 'waiting', detail: UNCLEAR };
  if (step !== 'paid' && step !== 'receipted') return undefined;
  return sentAtMs === undefined ? { tone: 'plain', detail: BY_ANOTHER } : { tone: 'done' };
}

function paid(entry: JournalEntry): Happening | undefined {
  const stand = standOf(entry);
  if (!stand) return undefined;
  const { leg, n, preimage, paymentHash, feesPaidMsat, sentAtMs, updatedAtMs } = entry;
  const row = (): Omit<ActivityRow, 'atSec'> => ({
    id: `${leg} ${n}`,
    title: NAMES[leg](n),
    ...stand,
    payment: {
      amountMsat: paidMsat(entry),
      feesPaidMsat: feesPaidMsat === undefined ? undefined : BigInt(feesPaidMsat),
      preimage,
      paymentHash,
    },
  });
  return { atMs: sentAtMs ?? updatedAtMs, rank: n, row };
}

/** How a payment that the bank passes on is shown; undefined: nobody has paid for it yet. */
function passingOf({
  step,
  grossMsat,
  reason,
}: ForwardEntry): Pick<ActivityRow, 'tone' | 'detail'> | undefined {
  const taken = satText(BigInt(grossMsat));
  switch (step) {
    case 'ordered':
    case 'made':
    case 'offered':
      return undefined;
    case 'paying':
      return { tone: 'waiting', detail: `Being passed on; ${taken} of the payer are held for it.` };
    case 'paid':
      return {
        tone: 'waiting',
        detail: `Passed on; ${taken} are being taken from the payer for it.`,
      };
    case 'settled':
      return { tone: 'done', detail: `Passed on; ${taken} were taken from the payer for it.` };
    case 'lost':
      return { tone: 'problem', detail: `Passed on, but ${taken} went back to the payer.` };
    case 'cancelling':
    case 'cancelled': {
      const why = reason === undefined ? '' : ` ${reason}`;
      return { tone: 'plain', detail: `Not passed on; the payer keeps ${taken}.${why}` };
    }
  }
}

function passed(entry: ForwardEntry): Happening | undefined {
  const stand = passingOf(entry);
  if (!stand) return undefined;
  const { leg, n, step, paymentHash, netMsat, preimage, feesPaidMsat } = entry;
  const isBack = step === 'cancelling' || step === 'cancelled';
  const row = (): Omit<ActivityRow, 'atSec'> => ({
    id: `passed on ${paymentHash}`,
    title: NAMES[leg](n),
    ...stand,
    ...(isBack
      ? {}
      : {
          payment: {
            amountMsat: BigInt(netMsat),
            feesPaidMsat: feesPaidMsat === undefined ? undefined : BigInt(feesPaidMsat),
            preimage,
            paymentHash,
          },
        }),
  });
  return { atMs: entry.sentAtMs ?? entry.updatedAtMs, rank: n, row };
}

function said({ atSec, level, code, sentence }: Activity, at: number): Happening {
  const row = (): Omit<ActivityRow, 'atSec'> => {
    return { id: `line ${at}`, title: sentence, tone: TONES[level], code };
  };
  return { atMs: atSec * 1_000, rank: at, row };
}

/** What happened, the newest so many first. */
export function activityView(
  { lines, entries = [], forwards = [] }: ActivitySource,
  most: number,
): ActivityView {
  const all = [
    ...lines.map(said),
    ...entries.flatMap((entry) => paid(entry) ?? []),
    ...forwards.flatMap((entry) => passed(entry) ?? []),
  ].sort((a, b) => b.atMs - a.atMs || b.rank - a.rank);
  const rows = all.slice(0, most).map(({ atMs, row }) => {
    return { ...row(), atSec: Math.floor(atMs / 1_000) };
  });
  return { rows, count: all.length };
}

const ALL_LEGS = Object.keys(LEGS) as Leg[];

type ContractActivity = Pick<Session, 'activity' | 'journalEntries' | 'forwarder'>;

/** All that this device has of what it did for a contract. */
export function contractActivity(session: ContractActivity, root: string): ActivitySource {
  return {
    lines: session.activity.lines(root),
    entries: ALL_LEGS.flatMap((leg) => session.journalEntries(root, leg)),
    forwards: session.forwarder.entries().filter(({ contract }) => contract === root),
  };
}

/** Whether there is anything of it to show. */
export function hasActivity({ lines, entries = [], forwards = [] }: ActivitySource): boolean {
  return (
    lines.length > 0 ||
    entries.some((entry) => standOf(entry) !== undefined) ||
    forwards.some((entry) => passingOf(entry) !== undefined)
  );
}

/** Lines of the log that are about no contract: the wallet, messages, the journal as a whole. */
export function ownActivity({ activity }: Pick<Session, 'activity'>): ActivitySource {
  return { lines: activity.lines().filter(({ contract }) => contract === undefined) };
}

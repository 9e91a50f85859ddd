/** What an agent does and why it waits, contract by contract; nothing in it is secret. */
import * as z from 'zod';
import { LEGS, type ContractState, type Leg } from '@realyield/protocol';
import { paidMsat, type JournalEntry } from '../engine/journal.ts';
import type { RelayState } from '../engine/ports.ts';
import type { Session } from '../engine/session.ts';

const statusSchema = z.object({
  level: z.string(),
  code: z.string(),
  sentence: z.string(),
  untilSec: z.int().optional(),
});

const contractSchema = z.object({
  contract: z.string(),
  role: z.string(),
  status: z.string(),
  /** What the payer of this contract does, where this person pays in it. */
  payer: statusSchema.optional(),
  /** Parts that were told to the wallet and are not proven yet. */
  underWay: z.int(),
  /** Parts paid by this store, and their sum without fees, msat. */
  paidParts: z.int(),
  paidMsat: z.string(),
  feesMsat: z.string(),
});

/** The shape of a report, for who reads one. */
export const reportSchema = z.object({
  publicKey: z.string(),
  pid: z.int(),
  startedAtSec: z.int(),
  nowSec: z.int(),
  /** Whether this agent, and no other device of its owner, pays now. */
  isRunning: z.boolean(),
  relays: z.array(z.object({ url: z.string(), state: z.string() })),
  /** Events no relay has taken yet. */
  unsent: z.int(),
  contracts: z.array(contractSchema),
});

/** How an agent stands. */
export type AgentReport = z.infer<typeof reportSchema>;
type ContractReport = z.infer<typeof contractSchema>;

const UNDER_WAY: readonly JournalEntry['step'][] = ['sending', 'unknown', 'paid'];
const PAID: readonly JournalEntry['step'][] = ['paid', 'receipted'];

function contractReport(session: Session, state: ContractState, role: string): ContractReport {
  const { root } = state;
  const legs = Object.keys(LEGS) as Leg[];
  const entries = legs.flatMap((leg) => session.journalEntries(root, leg));
  const paid = entries.filter(({ step }) => PAID.includes(step));
  const sum = (amounts: readonly bigint[]): string =>
    amounts.reduce((total, amount) => total + amount, 0n).toString();
  const payer = session.payerStatus(root);
  return {
    contract: root,
    role,
    status: state.status,
    ...(payer === undefined
      ? {}
      : {
          payer: {
            level: payer.level,
            code: payer.code,
            sentence: payer.sentence,
            ...(payer.untilSec === undefined ? {} : { untilSec: payer.untilSec }),
          },
        }),
    underWay: entries.filter(({ step }) => UNDER_WAY.includes(step)).length,
    paidParts: paid.length,
    paidMsat: sum(paid.map(paidMsat)),
    feesMsat: sum(paid.map(({ feesPaidMsat = '0' }) => BigInt(feesPaidMsat))),
  };
}

/** Takes down how an agent stands. */
export function takeReport(
  session: Session,
  relays: readonly RelayState[],
  times: { readonly startedAtSec: number; readonly nowSec: number },
): AgentReport {
  return {
    publicKey: session.person.publicKey,
    pid: process.pid,
    ...times,
    isRunning: session.isRunning,
    relays: relays.map(({ url, state }) => ({ url, state })),
    unsent: session.unsent,
    contracts: session
      .contracts()
      .map(({ view, own }) => contractReport(session, view.fold.state, own.role)),
  };
}

const SATS = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });
const satsOf = (msat: string): string => SATS.format(Number(BigInt(msat)) / 1_000);

/** Reasons why an agent is not well, in words; none: it is. */
export function troublesOf(report: AgentReport): readonly string[] {
  const isCutOff = !report.relays.some(({ state }) => state === 'open');
  const stuck = report.contracts.filter(({ payer }) => payer?.level === 'problem');
  return [
    ...(isCutOff ? ['No relay can be reached.'] : []),
    ...stuck.map(({ contract, payer }) => `${contract.slice(0, 8)}: ${payer?.sentence ?? ''}`),
  ];
}

/** The report as lines for people. */
export function linesOf(report: AgentReport): readonly string[] {
  const since = new Date(report.startedAtSec * 1_000).toISOString();
  const isOpen = ({ state }: { readonly state: string }): boolean => state === 'open';
  const lines = [
    `Process ${report.pid}, running since ${since}, for ${report.publicKey}.`,
    report.isRunning
      ? 'It pays for its owner now.'
      : 'Another device of its owner pays now; this one waits until that has gone.',
    `${report.relays.filter(isOpen).length} of ${report.relays.length} relays are connected; ` +
      `${report.unsent} events are still to be sent.`,
  ];
  if (report.contracts.length === 0) lines.push('It knows of no contract of its owner yet.');
  for (const entry of report.contracts) {
    const { contract, role, status, payer, paidParts, paidMsat, feesMsat, underWay } = entry;
    lines.push('', `${contract}  ${role}, ${status}`);
    lines.push(
      `  paid from here ${paidParts} parts, ${satsOf(paidMsat)} sat and ` +
        `${satsOf(feesMsat)} sat of fees; ${underWay} under way`,
    );
    if (!payer) continue;
    const until = payer.untilSec;
    const when = until === undefined ? '' : ` (until ${new Date(until * 1_000).toISOString()})`;
    lines.push(`  ${payer.code}: ${payer.sentence}${when}`);
  }
  return lines;
}

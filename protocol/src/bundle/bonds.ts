/**
 * What a bundle's events show of the bond behind its contract, in sentences.
 * Spec: specs/bundle.md, "What it says".
 */
import { pinStanding, type PinStanding } from '../bonds/pinned.ts';
import type { ContractState } from '../contract/state.ts';
import { offerOf } from '../disputes/roles.ts';
import type { ParsedEvent } from '../events.ts';
import type { PaidOutDocument } from '../kinds/dispute.ts';
import type { ParsedBond } from '../parsed.ts';
import { amountText, countText, timeText } from './text.ts';

/** Sentences on bonds, in the lists of a bundle. */
export interface BondSentences {
  readonly proven: readonly string[];
  readonly missing: readonly string[];
}

const satText = (valueSat: bigint | string): string =>
  amountText(BigInt(valueSat) * 1_000n, { type: 'msat' });

function pledgedText(standing: Extract<PinStanding, { readonly state: 'kept' | 'replaced' }>) {
  const { document, event } = standing.pledge;
  const { outpoint, valueSat, lockTimeSec } = document;
  const since =
    standing.state === 'replaced' ? ', which took the place of the one that was signed for' : '';
  return (
    `The bank pledged the output ${outpoint.txid}:${outpoint.vout} of ${satText(valueSat)}, ` +
    `locked until ${timeText(lockTimeSec)}, and set ` +
    `${satText(standing.allocatedSat)} of it aside for this offer, by the event ` +
    `${event.id}${since}. Its key and those of the three who can pay it ` +
    'out are proven by signatures.'
  );
}

/** What the contract pins, by the pledges that are there. */
function pinned(state: ContractState, events: readonly ParsedEvent[]): BondSentences {
  const { bond, network, parties } = state.contract.document;
  if (!bond) return { proven: [], missing: [] };
  const known = events.filter((each): each is ParsedBond => each.name === 'bond');
  const [, identifier = ''] = offerOf(state).split(/:(.*)/s);
  const offer = { identifier, network, bank: parties.bank.pubkey };
  const standing = pinStanding(bond, offer, known);
  const onChain =
    'Whether the bank’s bond was funded, and is unspent, the Bitcoin chain alone shows: that is ' +
    'not part of this file.';
  switch (standing.state) {
    case 'unseen':
      return {
        proven: [],
        missing: [`The contract rests on the pledge ${bond.pledge}, and it is not there.`, onChain],
      };
    case 'wrong': {
      const what = `What the contract says of the bank’s bond is not what ${bond.pledge} says`;
      return { proven: [`${what} (${standing.reason}).`], missing: [onChain] };
    }
    case 'kept':
    case 'replaced':
      return { proven: [pledgedText(standing)], missing: [onChain] };
  }
}

/** Payouts that are recorded in cases of the contract: what is read of them proves itself. */
function payouts(
  { contract }: ContractState,
  events: readonly ParsedEvent[],
  cases: ReadonlySet<string>,
): string[] {
  const bank = contract.document.parties.bank.pubkey;
  const byId = new Map<string, PaidOutDocument>();
  for (const { name, document } of events) {
    const isRecord = name === 'dispute' && document.type === 'paidOut';
    if (!isRecord || !cases.has(document.dispute) || document.pledge.pubkey !== bank) continue;
    if (!byId.has(document.txid)) byId.set(document.txid, document);
  }
  return [...byId.values()].map(({ txid, paid, inclusion }) => {
    const sum = paid.reduce((total, { valueSat }) => total + BigInt(valueSat), 0n);
    return (
      `The bank’s bond paid ${satText(sum)}, in ${countText(paid.length, 'output')}, by the ` +
      `transaction ${txid}, which two of its three holders signed: ` +
      `the file holds it, and the proof of its block at height ${inclusion.height}.`
    );
  });
}

/** What the events show of the bond behind a contract; `cases` are the ids of its cases. */
export function bondSentences(
  state: ContractState,
  events: readonly ParsedEvent[],
  cases: ReadonlySet<string>,
): BondSentences {
  // EB-9: "A reader says what the bank pledged for the contract, where the pledge is there, and
  // what was paid out of it by records that prove themselves…"
  const { proven, missing } = pinned(state, events);
  return { proven: [...proven, ...payouts(state, events, cases)], missing };
}

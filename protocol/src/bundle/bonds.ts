/**
 * What a bundle's events show of the bond behind its contract, in sentences.
 * Spec: specs/bundle.md, "What it says".
 */
import type { BitcoinNetwork } from '../bonds/bond.ts';
import { bondOf } from '../bonds/check.ts';
import { readBlockHeader, workOf } from '../bonds/inclusion.ts';
import { pinStanding, type ParsedPledge, type PinStanding } from '../bonds/pinned.ts';
import { placeOf } from '../bonds/script.ts';
import type { ContractState } from '../contract/state.ts';
import { offerOf } from '../disputes/roles.ts';
import type { ParsedEvent } from '../events.ts';
import type { PaidOutDocument } from '../kinds/dispute.ts';
import type { ParsedBond } from '../parsed.ts';
import type { ProvenTransaction } from './proofs.ts';
import { findingSentence, type BundleProof } from './report.ts';
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

/** Where the output of a pledge is, as people read it. */
const placeText = ({ document }: ParsedPledge): string =>
  `${document.outpoint.txid}:${document.outpoint.vout}`;

/** The block a transaction is in; its height is the word of whoever tells it: no proof has it. */
function blockText(
  { block, height }: Pick<ProvenTransaction, 'block' | 'height'>,
  network: BitcoinNetwork,
  teller = 'wrote the file',
): string {
  const work = workOf(block).toString(2).length - 1;
  const worth =
    network === 'mainnet' ? '' : `, on the network ${network}, where bitcoin cost nothing`;
  return (
    `the block ${block.hash}${worth}: the file holds the transaction, its way to that block and ` +
    `the block’s header, which is dated ${timeText(block.timeSec)} by its miner and took about ` +
    `2^${work} hashes. Whoever ${teller} was told that its height is ${height}.`
  );
}

/** Whether a transaction has the output that a pledge names, of its amount and script. */
export function paysPledge(
  { outputs, txid }: ProvenTransaction,
  { document, event }: ParsedPledge,
): boolean {
  const { network, outpoint, valueSat } = document;
  const output = outputs[outpoint.vout];
  const script = bondOf(document, event.pubkey);
  return (
    txid === outpoint.txid &&
    script !== undefined &&
    output?.valueSat === BigInt(valueSat) &&
    output.scriptPubKey === placeOf(script, network).scriptPubKey
  );
}

/** Whether the output of a pledge was funded, by the proofs that are there. */
function funded(pledge: ParsedPledge, proofs: readonly BundleProof[]): BondSentences {
  const { document, event } = pledge;
  const { network, outpoint, valueSat } = document;
  const held = proofs.flatMap((proof) => ('proven' in proof ? [proof.proven] : []));
  const proof = held.find(({ txid }) => txid === outpoint.txid);
  if (!proof) {
    const wrong = proofs.flatMap((each) =>
      'code' in each ? [` Line ${each.line} is no proof of it: ${findingSentence(each.code)}`] : [],
    );
    return {
      proven: [],
      missing: [
        `There is no proof that the bond’s output ${placeText(pledge)} was ever funded: the ` +
          'transaction, its way to a block and the header of that block.' +
          wrong.join(''),
      ],
    };
  }
  const output = proof.outputs[outpoint.vout];
  const script = bondOf(document, event.pubkey);
  // EB-12: "…and where the transaction has no such output, or one of another amount or script,
  // that what was pledged is not there…"
  if (!script || !paysPledge(proof, pledge)) {
    const what = output
      ? `pays ${satText(output.valueSat)} to the script ${output.scriptPubKey}`
      : 'does not exist';
    return {
      proven: [
        `What the bank pledged is not there: the output ${placeText(pledge)} ${what}. Its ` +
          `transaction was confirmed in ${blockText(proof, network)}`,
      ],
      missing: [],
    };
  }
  return {
    proven: [
      `The bond’s output ${placeText(pledge)} of ${satText(valueSat)}, to the script of its ` +
        `pledge with the address ${placeOf(script, network).address}, was confirmed in ` +
        blockText(proof, network),
    ],
    missing: [],
  };
}

/** What a contract pins, how it stands by the pledges that are there, and whose outputs tell. */
interface Pinned {
  readonly pledge: string;
  readonly standing: PinStanding;
  /** The pledge that was signed for and the one in force, each output once. */
  readonly pledges: readonly ParsedPledge[];
}

function pinnedBy(state: ContractState, events: readonly ParsedEvent[]): Pinned | undefined {
  const { bond, network, parties } = state.contract.document;
  if (!bond) return undefined;
  const known = events.filter((each): each is ParsedBond => each.name === 'bond');
  const [, identifier = ''] = offerOf(state).split(/:(.*)/s);
  const standing = pinStanding(bond, { identifier, network, bank: parties.bank.pubkey }, known);
  if (standing.state === 'unseen' || standing.pledge === undefined) {
    return { pledge: bond.pledge, standing, pledges: [] };
  }
  const first = known.find(({ event }) => event.id === bond.pledge);
  const both = [first, standing.pledge].filter(
    (each): each is ParsedPledge => each?.document.type === 'pledge',
  );
  const pledges = [...new Map(both.map((each) => [placeText(each), each])).values()];
  return { pledge: bond.pledge, standing, pledges };
}

/** The pledges of whose outputs a bundle says whether they were funded. */
export function pledgesBehind(
  state: ContractState,
  events: readonly ParsedEvent[],
): readonly ParsedPledge[] {
  return pinnedBy(state, events)?.pledges ?? [];
}

// EB-12: "…of a contract that pins none it says that whether a bond covers it, and whether that was
// funded, is not part of the file…"
const UNPINNED =
  'The contract names no pledge of the bank: whether a bond covers it, and whether that was ' +
  'funded, is not part of this file.';

/** What the contract pins, by the pledges that are there. */
function pinned(
  state: ContractState,
  events: readonly ParsedEvent[],
  proofs: readonly BundleProof[],
): BondSentences {
  const found = pinnedBy(state, events);
  if (!found) return { proven: [], missing: [UNPINNED] };
  const { pledge, standing } = found;
  // EB-12: "A reader says of the output of the pledge that the contract pins, and of the one in
  // force, whether a proof shows that it was funded…"
  const outputs = found.pledges.map((each) => funded(each, proofs));
  const proven = outputs.flatMap((each) => each.proven);
  const missing = [
    ...outputs.flatMap((each) => each.missing),
    'That the bank’s bond is unspent no file can show, nor that its block is still part of the ' +
      'chain: any source of the Bitcoin chain does.',
  ];
  switch (standing.state) {
    case 'unseen': {
      const absent = `The contract rests on the pledge ${pledge}, and it is not there.`;
      return { proven, missing: [absent, ...missing] };
    }
    case 'wrong': {
      const what = `What the contract says of the bank’s bond is not what ${pledge} says`;
      return { proven: [`${what} (${standing.reason}).`, ...proven], missing };
    }
    case 'kept':
    case 'replaced':
      return { proven: [pledgedText(standing), ...proven], missing };
  }
}

/** Payouts that are recorded in cases of the contract: what is read of them proves itself. */
function payouts(
  { contract }: ContractState,
  events: readonly ParsedEvent[],
  cases: ReadonlySet<string>,
): string[] {
  const { network, parties } = contract.document;
  const byId = new Map<string, PaidOutDocument>();
  for (const { name, document } of events) {
    const isRecord = name === 'dispute' && document.type === 'paidOut';
    if (!isRecord || !cases.has(document.dispute)) continue;
    const { content, pubkey } = document.pledge;
    // A bond of another network is none of this contract's: its blocks can cost nothing.
    if (pubkey !== parties.bank.pubkey || content['network'] !== network) continue;
    if (!byId.has(document.txid)) byId.set(document.txid, document);
  }
  return [...byId.values()].flatMap(({ txid, paid, inclusion }) => {
    const read = readBlockHeader(inclusion.header);
    if (!read.ok) return [];
    const block = read.value;
    const sum = paid.reduce((total, { valueSat }) => total + BigInt(valueSat), 0n);
    return (
      `The bank’s bond paid ${satText(sum)}, in ${countText(paid.length, 'output')}, by the ` +
      `transaction ${txid}, which two of its three holders signed and which was confirmed in ` +
      blockText({ block, height: inclusion.height }, network, 'recorded it')
    );
  });
}

/** What the events show of the bond behind a contract; `cases` are the ids of its cases. */
export function bondSentences(
  state: ContractState,
  events: readonly ParsedEvent[],
  cases: ReadonlySet<string>,
  proofs: readonly BundleProof[],
): BondSentences {
  // EB-9: "A reader says what the bank pledged for the contract, where the pledge is there, and
  // what was paid out of it by records that prove themselves…"
  const { proven, missing } = pinned(state, events, proofs);
  return { proven: [...proven, ...payouts(state, events, cases)], missing };
}

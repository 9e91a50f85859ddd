/**
 * Proofs that a contract’s bond was funded, asked of sources of its chain, for its evidence file.
 * Spec: specs/bundle.md, "Chain".
 */
import {
  paysPledge,
  pledgesBehind,
  proofIn,
  proveTransaction,
  type BitcoinNetwork,
  type ChainProof,
  type ParsedPledge,
  type SourceAnswer,
} from '@realyield/protocol';
import { pledgesOf } from '../bundles.ts';
import type { Catalog } from '../catalog.ts';
import { waitAtMost } from '../patience.ts';
import type { Clock } from '../ports.ts';
import type { ChainSource } from './ports.ts';

/** A source that has said nothing by then has not answered, ms: a person waits for it. */
const PATIENCE_MS = 15_000;

/** What was found, and of the outputs without a proof why there is none. */
export interface Funding {
  readonly proofs: readonly ChainProof[];
  /** `other`: the chain has something else there than what was pledged, which is proven too. */
  readonly state: 'proven' | 'other' | 'unproven' | 'unanswered';
}

/** What a contract’s file could prove of the bond that it pins. */
export interface BondBehind {
  readonly network: BitcoinNetwork;
  /** As their bank signed them; none while the pledge is not known here. */
  readonly pledges: readonly ParsedPledge[];
}

/** The bond a contract pins; undefined where it pins none. */
export function bondBehind(catalog: Catalog, root: string): BondBehind | undefined {
  const state = catalog.contract(root)?.fold.state;
  if (!state?.contract.document.bond) return undefined;
  const book = catalog.listings.pledges;
  const signed = pledgesOf(catalog, root).map((pledge) => book.asSigned(pledge));
  const { network } = state.contract.document;
  return { network, pledges: pledgesBehind(state, signed) };
}

async function answerOf(
  source: Pick<ChainSource, 'lookUp'>,
  { document }: ParsedPledge,
  clock: Clock,
): Promise<SourceAnswer['report']> {
  let report: SourceAnswer['report'];
  const asking = source.lookUp(document.outpoint).then((answer) => {
    ({ report } = answer);
  });
  const safely = asking.catch((error: unknown) => {
    console.error(error);
  });
  await waitAtMost(clock, PATIENCE_MS, safely);
  return report;
}

interface Found {
  readonly proof: ChainProof;
  readonly isPledged: boolean;
}

async function proofOf(
  pledge: ParsedPledge,
  sources: readonly Pick<ChainSource, 'lookUp'>[],
  clock: Clock,
): Promise<Found | 'unproven' | 'unanswered'> {
  let state: 'unproven' | 'unanswered' = 'unanswered';
  // One after the other: the proof of one is as good as that of all.
  for (const source of sources) {
    const report = await answerOf(source, pledge, clock);
    if (report === undefined) continue;
    state = 'unproven';
    const proof = report === 'none' ? undefined : proofIn(report);
    const proven = proof && proveTransaction(proof, pledge.document.network);
    if (!proof || !proven?.ok || proven.value.txid !== pledge.document.outpoint.txid) continue;
    return { proof, isPledged: paysPledge(proven.value, pledge) };
  }
  return state;
}

/** Asks sources for what proves that pledged outputs were funded; never rejects. */
export async function fundingProofs(
  pledges: readonly ParsedPledge[],
  sources: readonly Pick<ChainSource, 'lookUp'>[],
  clock: Clock,
): Promise<Funding> {
  const asked = await Promise.all(pledges.map((pledge) => proofOf(pledge, sources, clock)));
  const found = asked.filter((each) => typeof each !== 'string');
  const proofs = found.map(({ proof }) => proof);
  if (found.some(({ isPledged }) => !isPledged)) return { proofs, state: 'other' };
  return { proofs, state: asked.find((each) => typeof each === 'string') ?? 'proven' };
}

/**
 * A contract’s evidence with the proof of its bond’s funding, where sources of its chain may be
 * asked. Spec: specs/bundle.md, EB-12.
 */
import { ok, type Result } from '@realyield/protocol';
import { EsploraSource } from '../chain/esplora.ts';
import {
  bondBehind,
  fundingProofs,
  type BondBehind,
  type Funding,
} from '../engine/bonds/funding.ts';
import { evidenceBundle } from '../engine/bundles.ts';
import type { Catalog } from '../engine/catalog.ts';
import type { BondDesk } from './bonds.svelte.ts';
import { browserClock } from './clock.ts';
import type { BondProving } from './views/evidence-words.ts';

/** A file to be saved, and what it proves of the bond, where its contract pins one. */
export interface SavedEvidence {
  readonly text: string;
  readonly bond: BondProving | undefined;
}

const NO_PROOFS: Funding = { proofs: [], state: 'unanswered' };

function notAsked(bonds: BondDesk, { network, pledges }: BondBehind): BondProving | undefined {
  if (pledges.length === 0) return { state: 'noPledge' };
  // EB-12: "…it asks only those that it may (BD-17), and where none gives one it says so and writes
  // the rest."
  if (!bonds.isAsleepFor(network)) return undefined;
  const { urls } = bonds.choiceFor(network);
  const isSet = urls.length > 0;
  const offered = isSet ? urls : bonds.offeredFor(network);
  return { state: 'notAsked', network, isSet, urls: offered };
}

async function askFor(bonds: BondDesk, { network, pledges }: BondBehind): Promise<Funding> {
  const { urls } = bonds.choiceFor(network);
  const sources = urls.map((url) => new EsploraSource(url, browserClock));
  return fundingProofs(pledges, sources, browserClock);
}

/** Makes the file; CONTRACT_UNKNOWN for a contract that nobody signed as a whole. */
export async function makeEvidence(
  catalog: Catalog,
  bonds: BondDesk,
  root: string,
  nowSec: number,
): Promise<Result<SavedEvidence>> {
  const behind = bondBehind(catalog, root);
  const unasked = behind && notAsked(bonds, behind);
  const funding = behind && !unasked ? await askFor(bonds, behind) : NO_PROOFS;
  const built = evidenceBundle(catalog, root, nowSec, funding.proofs);
  if (!built.ok) return built;
  const bond = behind && (unasked ?? { state: funding.state });
  return ok({ text: built.value, bond });
}

/** Lets the sources be asked that a file was saved without. */
export function allowAsking(catalog: Catalog, bonds: BondDesk, root: string): void {
  const behind = bondBehind(catalog, root);
  if (behind && bonds.isAsleepFor(behind.network)) bonds.allow(behind.network);
}

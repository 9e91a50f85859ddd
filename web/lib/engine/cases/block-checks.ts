/**
 * Blocks that others name in a case, looked up at one's own sources of the chain: when a step of
 * one's own would rest on them, or when somebody looks. Spec: specs/disputes.md, "Blocks".
 */
import {
  blockOf,
  blockStanding,
  type BitcoinNetwork,
  type BlockReport,
  type BlockStanding,
} from '@realyield/protocol';
import type { BlockLookup, BlockLookups, KnownBlock } from '../bonds/ports.ts';
import type { Desk } from '../desk.ts';
import { waitAtMost } from '../patience.ts';
import type { Clock } from '../ports.ts';
import type { CaseView } from './case-book.ts';

/** So many heights are asked about; in a case of more claims than that the rest are not checked. */
const MOST_HEIGHTS = 30;

/** A source that has said nothing by then has not answered, ms: it makes four requests. */
const PATIENCE_MS = 25_000;

/** How a step's block stands; `otherNetwork` where the sources know nothing of it. */
export type NamedStanding =
  BlockStanding | { readonly state: 'unchecked'; readonly reason: 'otherNetwork' | 'notAsked' };

/** By the id of the step that names it. */
export type NamedStandings = ReadonlyMap<string, NamedStanding>;

/** The network a case's contracts are of. */
export function networkOf({ fold, states }: CaseView): BitcoinNetwork | undefined {
  return states.get(fold.contract)?.contract.document.network;
}

/** Two at one host are one: whoever runs it answers for both. */
function oneForEachHost(sources: readonly BlockLookup[]): readonly BlockLookup[] {
  const byHost = new Map<string, BlockLookup>();
  for (const source of sources) {
    const host = URL.canParse(source.name) ? new URL(source.name).host : source.name;
    if (!byHost.has(host)) byHost.set(host, source);
  }
  return [...byHost.values()];
}

async function reportsOn(
  heights: readonly number[],
  source: BlockLookup,
  clock: Clock,
): Promise<ReadonlyMap<number, BlockReport>> {
  const reports = new Map<number, BlockReport>();
  const asking = Promise.all(
    heights.map(async (height) => {
      const report = await source.blockAt(height);
      if (report) reports.set(height, report);
    }),
  );
  const safely = asking.catch((error: unknown) => console.error(error));
  await waitAtMost(clock, PATIENCE_MS, safely);
  return reports;
}

/** Looks up what the steps of a case name; asks nobody about a case of another network. */
export async function checkBlocks(
  view: CaseView,
  { network, sources }: BlockLookups,
  clock: Clock,
): Promise<NamedStandings> {
  const named = view.steps.flatMap((step) => {
    const block = blockOf(step);
    return block ? [{ id: step.event.id, block }] : [];
  });
  if (networkOf(view) !== network) {
    const standing = { state: 'unchecked', reason: 'otherNetwork' } as const;
    return new Map(named.map(({ id }) => [id, standing]));
  }
  const heights = [...new Set(named.map(({ block }) => block.height))].slice(0, MOST_HEIGHTS);
  const asked = oneForEachHost(sources);
  const answers = await Promise.all(asked.map((source) => reportsOn(heights, source, clock)));
  return new Map(
    named.map(({ id, block }): [string, NamedStanding] => {
      if (!heights.includes(block.height)) return [id, { state: 'unchecked', reason: 'notAsked' }];
      const reports = answers.map((each) => each.get(block.height));
      return [id, blockStanding(block, network, reports)];
    }),
  );
}

/** The newest block of the chain a contract is on; undefined where no source of it answers. */
export async function newestBlockFor(
  desk: Desk,
  contract: string,
): Promise<KnownBlock | undefined> {
  // DI-38: "A client MUST take the block that a step names from the chain of the step's contract…"
  return desk.newestBlock(desk.catalog.contract(contract)?.fold.state.contract.document.network);
}

/** The chain a contract is on, where no source of it is set; undefined where one is. */
export async function unsetChain(desk: Desk, contract: string): Promise<string | undefined> {
  const network = desk.catalog.contract(contract)?.fold.state.contract.document.network;
  const sources = (await desk.blockLookups(network))?.sources;
  return sources?.length === 0 ? network : undefined;
}

/** Steps of a case that neither are among some nor were signed after one of them. */
export function beside(steps: CaseView['steps'], some: ReadonlySet<string>): CaseView['steps'] {
  const after = new Set(some);
  // DI-37: "…a call leaves out of `prev` also what rests on such a step."
  for (let before = -1; before < after.size;) {
    before = after.size;
    for (const { document, event } of steps) {
      const named = 'prev' in document ? document.prev : [];
      const taken = 'taken' in document ? [document.taken] : [];
      if ([...named, ...taken].some((id) => after.has(id))) after.add(event.id);
    }
  }
  return steps.filter(({ event }) => !after.has(event.id));
}

/** Steps of a case that name a block which one's sources say there is not. */
export async function deniedSteps(desk: Desk, view: CaseView): Promise<ReadonlySet<string>> {
  const lookups = await desk.blockLookups(networkOf(view));
  if (!lookups) return new Set();
  const standings = await checkBlocks(view, lookups, desk.clock);
  return new Set([...standings].filter(([, { state }]) => state === 'denied').map(([id]) => id));
}

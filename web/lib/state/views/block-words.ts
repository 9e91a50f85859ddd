/** Blocks that steps of a case name, in words: checked, not checked, no such block. */
import { blockOf, type DisputeDocument, type ParsedDispute } from '@realyield/protocol';
import type { StatusView } from '../../components/models.ts';
import type { CaseView } from '../../engine/cases/case-book.ts';
import type { NamedStanding, NamedStandings } from '../../engine/cases/block-checks.ts';
import { formatPlural } from '../../format.ts';
import type { BlocksAsleep } from '../case-blocks.svelte.ts';
import { hostsText, networkWords } from './network-words.ts';

/** A named block as it is told beside its step. */
export interface BlockView {
  readonly height: number;
  readonly hash: string;
  readonly status: StatusView;
  /** Why it is not checked, or what there is in its place. */
  readonly why: string | undefined;
}

type Reason<State extends NamedStanding['state']> = Extract<
  NamedStanding,
  { readonly state: State; readonly reason: string }
>['reason'];

const DENIED_WORDS: Readonly<Record<Reason<'denied'>, string>> = {
  otherBlock:
    'Your sources have another block at this height. ' +
    'It was made up, or the chain has given it up since.',
  otherTime: 'Your sources know the block, with another time than the step says.',
  beyond: 'The chain of your sources ends far below this height.',
};

const UNCHECKED_WORDS: Readonly<Record<Reason<'unchecked'>, string>> = {
  notAsked: 'Nobody was asked about it.',
  unreachable: 'No source of the chain answers.',
  oneSource: 'One source alone has answered; two are needed.',
  disagree: 'Your sources say different things.',
  unproven: 'What a source answered proves nothing.',
  ahead: 'Your sources have not seen a block of this height yet.',
  otherNetwork: 'Your sources are of another Bitcoin network.',
};

const NOT_ASKED: NamedStanding = { state: 'unchecked', reason: 'notAsked' };

function wordsOf(standing: NamedStanding): Pick<BlockView, 'status' | 'why'> {
  switch (standing.state) {
    case 'checked':
      return { status: { text: 'checked', tone: 'done' }, why: undefined };
    case 'denied': {
      const status = { text: 'no such block', tone: 'problem' } as const;
      return { status, why: DENIED_WORDS[standing.reason] };
    }
    case 'unchecked': {
      const status = { text: 'not checked', tone: 'plain' } as const;
      return { status, why: UNCHECKED_WORDS[standing.reason] };
    }
  }
}

/** The block a step names; undefined where it names none. */
export function blockView(step: ParsedDispute, standings: NamedStandings): BlockView | undefined {
  const block = blockOf(step);
  if (!block) return undefined;
  const { height, hash } = block;
  return { height, hash, ...wordsOf(standings.get(step.event.id) ?? NOT_ASKED) };
}

/** Ids of the steps whose block there is not. */
export function deniedIds(standings: NamedStandings): ReadonlySet<string> {
  return new Set([...standings].filter(([, { state }]) => state === 'denied').map(([id]) => id));
}

const STEP_NAMES: Readonly<Partial<Record<DisputeDocument['type'], string>>> = {
  open: 'the opening',
  join: 'a claim that joined',
  taken: 'the taking of the case',
  ruling: 'the ruling',
  fallback: 'the call of the fallback arbiter',
};

/** Who would be asked about the blocks of a case, in words. */
export interface AsleepWords {
  readonly todo: string;
  /** What is on the button that lets them be asked; empty where nobody is there to be asked. */
  readonly act: string;
}

/** Why nobody is asked yet about a chain, and who would be. */
export function asleepWords({ network, isSet, urls }: BlocksAsleep): AsleepWords {
  const hosts = hostsText(urls);
  if (isSet) {
    return {
      todo: `To check them, two sources of the chain are asked: ${hosts}.`,
      act: 'Check now',
    };
  }
  if (urls.length === 0) {
    return { todo: 'They are of a chain for tests that no source of yours knows.', act: '' };
  }
  return {
    todo:
      `You have set no sources for ${networkWords(network)}, the chain of this case, so nobody ` +
      `is asked. The client came with ${hosts}: they learn which blocks somebody at your ` +
      'address looks up.',
    act: 'Use them and check',
  };
}

/** How all blocks of a case stand. */
export interface BlocksSummary {
  readonly kind: 'problem' | 'waiting' | 'done';
  readonly title: string;
  readonly safe: string;
}

/** The blocks of a case in two sentences, the worst of them first. */
export function blocksSummary({ steps }: CaseView, standings: NamedStandings): BlocksSummary {
  const named = steps.filter((step) => blockOf(step));
  const stateOf = ({ event }: ParsedDispute) => (standings.get(event.id) ?? NOT_ASKED).state;
  const denied = named.filter((step) => stateOf(step) === 'denied');
  if (denied.length > 0) {
    const which = [...new Set(denied.map(({ document }) => STEP_NAMES[document.type] ?? ''))];
    const text = which.join(' and ');
    return {
      kind: 'problem',
      title: `${text.charAt(0).toUpperCase()}${text.slice(1)} names a block that there is not.`,
      safe:
        'The times of the case may be wrong. Your client signs nothing that rests on it; ' +
        'whether it counts, the arbiter decides.',
    };
  }
  const unchecked = named.filter((step) => stateOf(step) === 'unchecked').length;
  if (unchecked > 0) {
    return {
      kind: 'waiting',
      title: `Not checked: ${formatPlural(unchecked, 'block')} that steps name.`,
      safe: 'A block says no earlier than when a step was signed. Why not is beside each step.',
    };
  }
  return {
    kind: 'done',
    title: 'All blocks that steps name are on the chain.',
    safe: 'Two of your sources have each at its height, with the time the step says.',
  };
}

/** What a saved evidence file proves of the bond, or why it does not, in words. */
import type { BitcoinNetwork } from '@realyield/protocol';
import { hostsText, networkWords } from './network-words.ts';

/** What came of proving the bond, as the page that saved the file says it. */
export type BondProving =
  | { readonly state: 'proven' | 'other' | 'unproven' | 'unanswered' | 'noPledge' }
  /** Nobody may be asked before the person says so. */
  | {
      readonly state: 'notAsked';
      readonly network: BitcoinNetwork;
      readonly isSet: boolean;
      readonly urls: readonly string[];
    };

/** One notice below the button, and what can be done. */
export interface BondProvingWords {
  readonly kind: 'done' | 'waiting' | 'problem';
  readonly title: string;
  readonly safe?: string;
  readonly todo?: string;
  /** On the button that asks and saves once more; absent where that changes nothing. */
  readonly act?: string;
}

const WITHOUT = 'The file is saved, without proof that the bond was funded.';
const COMPLETE = 'Everything else is in it.';

/** What is said of the bond once a file was saved. */
export function bondProvingWords(proving: BondProving): BondProvingWords {
  switch (proving.state) {
    case 'proven':
      return {
        kind: 'done',
        title: 'The file is saved, with the proof of the bond’s funding.',
        safe: 'Whoever checks it sees in which block the bond was confirmed, without a network.',
      };
    case 'other':
      return {
        kind: 'problem',
        title: 'The file is saved. It proves that the bond is not there as it was pledged.',
        safe: 'The output that the bank named has another amount or script, or is none.',
      };
    case 'unproven':
      return {
        ...{ kind: 'waiting', title: WITHOUT },
        safe: `What your sources answered does not prove it: it may wait for a block. ${COMPLETE}`,
        act: 'Ask again and save',
      };
    case 'unanswered':
      return {
        ...{ kind: 'waiting', title: WITHOUT },
        safe: `None of your sources of the chain answered. ${COMPLETE}`,
        act: 'Ask again and save',
      };
    case 'noPledge':
      return {
        ...{ kind: 'waiting', title: WITHOUT },
        safe: `The bank’s pledge, which says where the bond is, is not known here. ${COMPLETE}`,
      };
    case 'notAsked':
      return notAskedWords(proving);
  }
}

function notAskedWords({
  network,
  isSet,
  urls,
}: Extract<BondProving, { readonly state: 'notAsked' }>): BondProvingWords {
  const notice = { kind: 'waiting', title: WITHOUT } as const;
  if (urls.length === 0) {
    return { ...notice, safe: `No source of yours knows the chain of this contract. ${COMPLETE}` };
  }
  const which = isSet ? '' : `You have set no sources for ${networkWords(network)}. `;
  return {
    ...notice,
    safe: `Nobody was asked about it. ${COMPLETE}`,
    todo:
      `${which}To prove it, ${hostsText(urls)} are asked: they learn which bond somebody at ` +
      'your address looks up.',
    act: 'Ask them and save again',
  };
}

/** Somebody whose name is nearly another's, in words: never by a colour, and always with a key. */
import { formatDate, formatPlural, shortNpub } from '../../format.ts';
import type { Bearer, Calling } from '../lookalikes.ts';
import type { Names } from './people.ts';

const ONE: Readonly<Record<Calling, string>> = {
  bank: 'A bank',
  arbiter: 'An arbiter',
  business: 'A business',
};

/** Others that somebody can be taken for, and whether the reader knows them. */
interface Alike {
  readonly others: readonly Bearer[];
  readonly areKnown: boolean;
}

/**
 * Whom a stranger can be taken for: those the reader knows where there are any. Nobody whom the
 * reader knows is marked because a stranger has taken their name.
 */
function alikeOf(names: Names, publicKey: string): Alike | undefined {
  const { catalog, lookalikes, isKnown = () => false, own } = names;
  if (!lookalikes || own.has(publicKey)) return undefined;
  const others = lookalikes.othersLike(catalog.listings, publicKey);
  if (others.length === 0 || isKnown(publicKey)) return undefined;
  const known = others.filter((other) => own.has(other.publicKey) || isKnown(other.publicKey));
  return known.length > 0 ? { others: known, areKnown: true } : { others, areKnown: false };
}

function who({ others, areKnown }: Alike, names: Names, own: Calling | undefined): string {
  const [first] = others;
  if (!first) return '';
  if (names.own.has(first.publicKey)) return 'You have';
  if (areKnown) return `${ONE[first.calling]} you know has`;
  return first.calling === own ? `Another ${own} here has` : `${ONE[first.calling]} here has`;
}

// L-21: "A client shows with the name of a bank, a business or an arbiter that somebody else known
// to it has nearly the same name, and the other's key…"
/** Who else has nearly somebody's name, in one sentence without its full stop. */
export function alikeSentence(names: Names, publicKey: string): string | undefined {
  const { catalog, lookalikes, own } = names;
  const alike = alikeOf(names, publicKey);
  if (alike) {
    const [first, ...more] = alike.others;
    if (!first) return undefined;
    const calling = lookalikes?.callingOf(catalog.listings, publicKey);
    const rest = more.length === 0 ? '' : ` and ${formatPlural(more.length, 'other')}`;
    return `${who(alike, names, calling)} nearly this name: ${shortNpub(first.publicKey)}${rest}`;
  }
  const isYou = !own.has(publicKey) && lookalikes?.isNamedLike(catalog.listings, publicKey, 'You');
  return isYou === true ? 'This is not you: somebody has chosen that name' : undefined;
}

/** What is known of somebody beside a name; contracts are their parties' own word. */
function standingWords({ catalog }: Names, { publicKey, calling }: Bearer): string {
  if (calling === 'arbiter') return 'Arbiter.';
  const asBank = catalog.rootsOfBank(publicKey).flatMap((root) => catalog.contract(root) ?? []);
  const offers = catalog.offers().filter(({ document }) => document.business.pubkey === publicKey);
  const views = calling === 'bank' ? asBank : offers.flatMap((each) => catalog.contractsOf(each));
  const times = views.flatMap(({ fold }) => fold.state.effectiveAtSec ?? []);
  if (times.length === 0) return 'No contract of it is known here.';
  const first = formatDate(Math.min(...times));
  return `${formatPlural(times.length, 'contract')}, by their own dates since ${first}.`;
}

/** One of those who have nearly the same name. */
export interface AlikePerson {
  readonly publicKey: string;
  /** Its page, where it has one. */
  readonly href: string | undefined;
  /** Which of them it is, and what is known of it beside the name. */
  readonly words: string;
}

/** So many of those with nearly one name are told apart. */
const MOST = 5;

/** What tells those apart who have nearly one name, the one in question first. */
export function alikePeople(names: Names, publicKey: string): readonly AlikePerson[] {
  const alike = alikeOf(names, publicKey);
  const calling = names.lookalikes?.callingOf(names.catalog.listings, publicKey);
  if (!alike || calling === undefined) return [];
  const self: Bearer = { publicKey, calling, banks: new Set() };
  const another = alike.others.length === 1 ? 'The other one.' : 'Another one.';
  const other = alike.areKnown ? 'The one you know.' : another;
  return [self, ...alike.others.slice(0, MOST)].map((bearer) => ({
    publicKey: bearer.publicKey,
    href: bearer === self || bearer.calling === 'business' ? undefined : hrefOf(bearer),
    words: `${bearer === self ? 'The one shown here.' : other} ${standingWords(names, bearer)}`,
  }));
}

const hrefOf = ({ calling, publicKey }: Bearer): string =>
  `/${calling === 'bank' ? 'banks' : 'arbiters'}/${publicKey}`;

/** Bonds as pages show them: any of them, and all of a bank. */
import {
  bondOf,
  bondValue,
  coverEndsAtSec,
  KEY_HOLDER_ROLES,
  offerAddress,
  placeOf,
  type ContractSummary,
  type ParsedOffer,
} from '@realyield/protocol';
import { amountOfMsat } from '../../amount.ts';
import type { BondsView, BondView } from '../../components/bond-models.ts';
import type { ParsedPledge } from '../../engine/bonds/pledge-book.ts';
import { formatCount, formatDate, formatPlural, formatShare } from '../../format.ts';
import type { Fact } from '../../ui/facts.ts';
import { cleanLine } from '../../ui/text.ts';
import { doubtOf, isGone, msat, pledgesOf, satText, type BondsKnown } from './bond-cards.ts';
import { bondStatus } from './bond-status.ts';
import { abilities, checkedWords, KIND_NAMES, standingSentence } from './bond-words.ts';
import { nameOf, personView, type Names } from './people.ts';
import { promisesOf, promiseWords } from './promised.ts';
import { APPOINTEE_NAMES } from './undertakings.ts';

const DAY_SEC = 86_400;

/** Outstanding under an offer, msat; undefined where it is not known, or in a currency. */
function outstandingUnder(
  names: Names,
  offer: ParsedOffer | undefined,
  contracts: readonly ContractSummary[] | undefined,
): bigint | undefined {
  if (!offer || offer.document.denomination.type !== 'msat' || !contracts) return undefined;
  const roots = new Set(names.catalog.contractsOf(offer).map(({ root }) => root));
  return contracts
    .filter(({ root }) => roots.has(root))
    .reduce((sum, { outstandingUnits }) => sum + outstandingUnits, 0n);
}

function allocationNote(setAside: bigint, outstanding: bigint | undefined): string | undefined {
  if (outstanding === undefined) return undefined;
  if (outstanding === 0n) return 'nothing is outstanding under it now';
  const share = formatShare(setAside < outstanding ? setAside : outstanding, outstanding);
  return `${share} of the ${satText(outstanding)} outstanding now`;
}

/** A bond beside all that the bank’s borrowers owe in bitcoin. */
function againstAll(pledge: ParsedPledge, contracts: readonly ContractSummary[]): Fact[] {
  const owed = contracts.reduce((sum, { outstandingUnits }) => sum + outstandingUnits, 0n);
  if (owed === 0n) return [];
  const label = 'Beside all loans of the bank';
  const text = formatShare(msat(pledge.document.valueSat), owed);
  return [{ label, text, note: `of ${satText(owed)} outstanding in bitcoin` }];
}

/** What of a collateral bond stands for which offer. */
function allocationFacts(
  { names, check }: BondsKnown,
  pledge: ParsedPledge,
  contracts: readonly ContractSummary[] | undefined,
): Fact[] {
  const { allocations, holders, valueSat } = pledge.document;
  if (!holders) return [];
  const doubt = doubtOf(check(pledge));
  const facts = allocations.map(({ offer: identifier, valueSat: each }): Fact => {
    const offer = names.catalog.offer(offerAddress(pledge.event.pubkey, identifier));
    const title = cleanLine(offer?.document.title ?? identifier, 60);
    const outstanding = outstandingUnder(names, offer, contracts);
    return {
      label: `For “${title}”`,
      amount: amountOfMsat(msat(each)),
      note: doubt ?? allocationNote(msat(each), outstanding),
    };
  });
  const setAside = allocations.reduce((sum, each) => sum + BigInt(each.valueSat), 0n);
  const free = BigInt(valueSat) - setAside;
  if (free > 0n) facts.push({ label: 'For no offer', amount: amountOfMsat(msat(free)) });
  return doubt === undefined && contracts ? [...facts, ...againstAll(pledge, contracts)] : facts;
}

function warningsOf(known: BondsKnown, pledge: ParsedPledge, offer?: string): string[] {
  const { names } = known;
  const isCovering = pledge.document.holders !== undefined && !isGone(known.check(pledge));
  const promised = isCovering
    ? promiseWords(known, pledge.event.pubkey, promisesOf(known, pledge), offer)
    : [];
  const rivals = names.catalog.listings.pledges.rivalsOf(pledge);
  if (rivals.length === 0) return promised;
  const others = [...new Set(rivals.map(({ event }) => event.pubkey))].map((key) =>
    key === pledge.event.pubkey ? 'the same bank, twice' : nameOf(names, key),
  );
  return [
    `The same bitcoin is also pledged by ${others.join(', ')}. It is there only once, and ` +
      'whoever is paid first leaves nothing for the others.',
    ...promised,
  ];
}

/** What the lock costs whoever locks: nothing is said of a bond that is not known to be there. */
function costFact({ check }: BondsKnown, pledge: ParsedPledge): Fact[] {
  const standing = check(pledge)?.standing;
  if (standing?.state !== 'live') return [];
  const { lockTimeSec, valueSat } = pledge.document;
  const { confirmedAtSec } = standing;
  const locked = { valueSat: BigInt(valueSat), confirmedAtSec, lockTimeSec };
  const value = bondValue(locked, confirmedAtSec);
  const note =
    'what the bank gives up by locking it for so long, as BIP-46 wallets reckon: to compare ' +
    'banks by, and no amount of money';
  return [{ label: 'Weight of the lock', text: formatCount(Math.round(value)), note }];
}

/** What rulings were paid out of it. */
function paidFact({ names }: BondsKnown, pledge: ParsedPledge): Fact[] {
  const payouts = names.catalog.listings.pledges.payoutsOf(pledge);
  if (payouts.length === 0) return [];
  const sats = payouts.flatMap(({ paid }) => paid.map(({ valueSat }) => BigInt(valueSat)));
  return [
    {
      label: 'Paid out so far',
      amount: amountOfMsat(msat(sats.reduce((sum, each) => sum + each, 0n))),
      note: `for ${formatPlural(payouts.length, 'ruling')}; what is left is still the bond`,
    },
  ];
}

function bondView(
  known: BondsKnown,
  pledge: ParsedPledge,
  facts: readonly Fact[],
  offer: string | undefined,
): BondView {
  const { names } = known;
  const { document, event } = pledge;
  const check = known.check(pledge);
  const { holders, lockTimeSec, network, outpoint } = document;
  const keys = holders ? KEY_HOLDER_ROLES.map((role) => [role, holders[role].pubkey] as const) : [];
  const script = bondOf(document, event.pubkey);
  return {
    id: event.id,
    kind: KIND_NAMES[holders ? 'collateral' : 'timeLocked'],
    amount: amountOfMsat(msat(document.valueSat)),
    status: bondStatus(check),
    sentence: standingSentence(check, known.isOnline),
    abilities: isGone(check)
      ? undefined
      : abilities(
          document,
          keys.map(([, key]) => nameOf(names, key)),
        ),
    holders: keys.map(([role, key]) => ({
      ...personView(names, key),
      role: APPOINTEE_NAMES[role].toLowerCase(),
    })),
    facts: [
      { label: 'Out of the bank’s reach until', text: formatDate(lockTimeSec) },
      ...costFact(known, pledge),
      ...paidFact(known, pledge),
      ...facts,
    ],
    warnings: warningsOf(known, pledge, offer),
    checked: checkedWords(check),
    address: script ? placeOf(script, network).address : '',
    outpoint: `${outpoint.txid}:${outpoint.vout}`,
  };
}

const coverFact = ({ document }: ParsedPledge): Fact[] =>
  document.holders
    ? [
        {
          label: 'Covers loans that end by',
          text: formatDate(coverEndsAtSec(document.lockTimeSec, DAY_SEC)),
          note: 'days of grace included; after that a ruling might come too late',
        },
      ]
    : [];

/** What a page lists: the bonds on show, and the pledges they are of. */
export type ListedBonds = Omit<BondsView, 'asleep'> & { readonly pledges: readonly ParsedPledge[] };

/** Some bonds, with the facts that each page adds; what is promised of them to one offer alone. */
export function listed(
  known: BondsKnown,
  pledges: readonly ParsedPledge[],
  most: number,
  factsOf: (pledge: ParsedPledge) => readonly Fact[],
  offer?: string,
): ListedBonds {
  const shown = pledges.slice(0, most);
  return {
    bonds: shown.map((pledge) => bondView(known, pledge, factsOf(pledge), offer)),
    hidden: pledges.length - shown.length,
    isAsking: shown.some((pledge) => known.check(pledge)?.isAsking === true),
    pledges: shown,
  };
}

/** The bonds of a bank, with what they cover of what. */
export function bankBonds(
  known: BondsKnown,
  bank: string,
  contracts: readonly ContractSummary[] | undefined,
  most: number,
): ListedBonds {
  return listed(known, pledgesOf(known.names, bank), most, (pledge) => [
    ...coverFact(pledge),
    ...allocationFacts(known, pledge, contracts),
  ]);
}

/** What banks and others attest, in words: what was checked for an offer, and who vouches. */
import {
  CHECKS,
  VOUCH_MATTER,
  type VOUCH_REASONS,
  type AttestationDocument,
  type ParsedAttestation,
  type ParsedOffer,
} from '@realyield/protocol';
import type {
  CheckedView,
  CheckLine,
  VouchGroup,
  VouchView,
} from '../../components/attestations/models.ts';
import { formatDate } from '../../format.ts';
import { nameOf, personView, type Names } from './people.ts';

type Check = (typeof CHECKS)[number];
type Result = NonNullable<AttestationDocument['checks']>[number]['result'];
type Reason = (typeof VOUCH_REASONS)[number];

/** What is checked, as a bank and its readers call it. */
export const CHECK_WORDS: Readonly<Record<Check, string>> = {
  identity: 'Who owns and runs it',
  registration: 'Registered and licensed',
  premises: 'Visited where it works',
  books: 'Accounts and bank statements',
  taxes: 'Taxes paid',
  debts: 'What it owes already',
  purpose: 'What the money buys, by quotes',
  capacity: 'Income carries the repayments',
  references: 'Suppliers and customers asked',
  security: 'What secures the loan',
};

/** What came of a check. */
export const RESULT_WORDS: Readonly<Record<Result, string>> = {
  confirmed: 'confirmed',
  partly: 'in part',
  notConfirmed: 'not confirmed',
};

const TONES = { confirmed: 'done', partly: 'waiting', notConfirmed: 'problem' } as const;

/** Why somebody vouches, for the one who chooses and for the one who reads. */
export const REASON_WORDS: Readonly<Record<Reason, { own: string; read: string }>> = {
  borrowed: { own: 'I borrowed from it', read: 'borrowed from it' },
  lent: { own: 'I lent through it', read: 'lent through it' },
  worked: { own: 'I work with it', read: 'works with it' },
  knows: { own: 'I know the people who run it', read: 'knows the people who run it' },
  audited: { own: 'I have seen its books', read: 'has seen its books' },
};

/** The matter under which a bank says what it checked for an application. */
export function matterOf(applicationId: string): string {
  return `loan-${applicationId.slice(0, 24)}`;
}

/** The checks made, in the order of their table; what was not checked is named by itself. */
export function checkLines(document: Pick<AttestationDocument, 'checks'>): readonly CheckLine[] {
  return (document.checks ?? []).map(({ what, result }) => ({
    what: CHECK_WORDS[what],
    status: { text: RESULT_WORDS[result], tone: TONES[result] },
  }));
}

function unchecked({ checks = [] }: Pick<AttestationDocument, 'checks'>): readonly string[] {
  const made = new Set<Check>(checks.map(({ what }) => what));
  return CHECKS.filter((what) => !made.has(what)).map((what) => CHECK_WORDS[what].toLowerCase());
}

function newestOf(names: Names, offer: ParsedOffer, matter: string): ParsedAttestation | undefined {
  // L-18: "A reader MUST take for the attestation of an offer only the one of the offer's bank on
  // its business under the matter the offer names…"
  return names.catalog.listings
    .attestationsOn(offer.document.business.pubkey)
    .find(({ event, document }) => {
      return event.pubkey === offer.event.pubkey && document.matter === matter;
    });
}

/** What the bank checked for an offer; undefined where the offer names nothing. */
export function checkedView(names: Names, offer: ParsedOffer): CheckedView | undefined {
  const named = offer.document.attestation;
  if (named === undefined) return undefined;
  const bank = nameOf(names, offer.event.pubkey);
  const newest = newestOf(names, offer, named.matter);
  const nothing = { lines: [], unchecked: [], documents: [], statement: '', id: named.id };
  // L-18: "…and MUST say so where its newest version is not the one the offer names, is taken
  // back, or is not known…"
  if (!newest) {
    const warning = 'None of the relays you use has what the bank says it checked.';
    return { ...nothing, sentence: `The offer names what ${bank} checked.`, warning };
  }
  // L-16: "A reader MUST NOT show as standing what the newest version of its address takes back…"
  if (newest.document.takenBack) {
    const when = formatDate(newest.document.checkedAtSec);
    const warning = 'The bank no longer stands by what it said when it published this offer.';
    return { ...nothing, sentence: `${bank} took it back on ${when}.`, warning };
  }
  const isOther = newest.event.id !== named.id;
  const warning = 'The bank has stated this anew since it published the offer.';
  return { ...attestedView(names, newest), ...(isOther && { warning }) };
}

/** What an author checked, by one attestation. */
export function attestedView(names: Names, { event, document }: ParsedAttestation): CheckedView {
  const { grade, statement, documents, checkedAtSec } = document;
  const scale =
    grade === undefined
      ? ''
      : ` The grade is ${grade}, on the bank’s own scale from A, the least risk, to E.`;
  return {
    ...{ id: event.id, lines: checkLines(document), unchecked: unchecked(document) },
    ...{ documents, statement },
    sentence: `${nameOf(names, event.pubkey)} looked on ${formatDate(checkedAtSec)}.${scale}`,
  };
}

/** Whom the viewer listens to first. */
export interface Listening {
  isFollowed(publicKey: string): boolean;
  isTrusted(publicKey: string): boolean;
}

function vouchView(names: Names, { event, document }: ParsedAttestation): VouchView {
  const reasons = (document.reasons ?? []).map((reason) => REASON_WORDS[reason].read);
  const checks = checkLines(document).map(({ what, status }) => `${what}: ${status.text}`);
  const grade = document.grade === undefined ? [] : [`grade ${document.grade}`];
  const why = [...reasons, ...checks, ...grade].join(', ');
  return {
    id: event.id,
    who: personView(names, event.pubkey),
    why: why.slice(0, 1).toUpperCase() + why.slice(1),
    statement: document.statement,
    atSec: document.checkedAtSec,
  };
}

const GROUPS = [
  { key: 'own', title: 'Your own word' },
  { key: 'followed', title: 'People you follow' },
  { key: 'trusted', title: 'Keys you trust' },
  { key: 'banks', title: 'Other banks' },
  { key: 'strangers', title: 'Nobody you follow or trust' },
] as const;

/** Who vouches for a bank, those the viewer listens to first; strangers come last, newest first. */
export function vouchGroups(
  names: Names,
  bank: string,
  listening: Listening | undefined,
): readonly VouchGroup[] {
  const place = (key: string): (typeof GROUPS)[number]['key'] => {
    if (names.own.has(key)) return 'own';
    // L-17: "…It MAY sort attestations, whom the viewer follows (NIP-02) or trusts first, and says
    // beside the others that nobody known vouches for them."
    if (listening?.isFollowed(key)) return 'followed';
    if (listening?.isTrusted(key)) return 'trusted';
    return names.catalog.bankProfile(key) ? 'banks' : 'strangers';
  };
  // L-16: "…nor an older version that some relay still has."
  const standing = names.catalog.listings
    .attestationsOn(bank)
    .filter(({ event, document }) => event.pubkey !== bank && !document.takenBack)
    .sort((a, b) => b.event.created_at - a.event.created_at || (a.event.id < b.event.id ? -1 : 1));
  return GROUPS.map(({ key, title }) => ({
    ...{ key, title },
    vouches: standing
      .filter(({ event }) => place(event.pubkey) === key)
      .map((parsed) => vouchView(names, parsed)),
  })).filter(({ vouches }) => vouches.length > 0);
}

/** Whether the viewer vouches for a bank now. */
export function isVouching(own: ParsedAttestation | undefined): boolean {
  return own?.document.matter === VOUCH_MATTER && own.document.takenBack !== true;
}

/** The signed events of a contract, each with what was checked about it. */
import {
  APPOINTEE_ROLES,
  REJECT_SENTENCES,
  attesterOf,
  isPrivate,
  legOf,
  type ContractState,
  type Leg,
  type ParsedEvent,
  type ParsedReceipt,
} from '@realyield/protocol';
import type { CheckView, RejectedView, TimelineEventView } from '../../components/models.ts';
import type { ContractView } from '../../engine/catalog.ts';
import type { Refused } from '../../engine/refusals.ts';
import { amountOf } from '../../amount.ts';
import { formatPlural, shortNpub } from '../../format.ts';
import { STEP_WORDS } from './case-words.ts';
import { personView, type Names } from './people.ts';
import { pricedWords } from './price-words.ts';
import { APPOINTEE_NAMES } from './undertakings.ts';
import { chainReceiptWords } from './fallback.ts';
import { tenderAnswerWords, tenderWords } from './tender-words.ts';
import { milestoneWords, noticeWords, type Words } from './timeline-words.ts';

const BASIC: readonly CheckView[] = [
  { label: 'The id is the hash of the content', state: 'ok' },
  { label: 'The signature is the author’s', state: 'ok' },
  { label: 'Content and tags say the same', state: 'ok' },
];

function roleOfAuthor(state: ContractState, publicKey: string): string | undefined {
  const { parties } = state.contract.document;
  for (const role of ['investor', 'business', 'bank'] as const) {
    if (parties[role].pubkey === publicKey) return role;
    if (state.signatures[role]?.delegate === publicKey) return role;
  }
  const held = state.keys.find(({ key }) => key === publicKey);
  if (held) return held.role;
  const { appointees = {} } = state.contract.document;
  const serves = APPOINTEE_ROLES.find((role) => appointees[role] === publicKey);
  if (serves) return APPOINTEE_NAMES[serves].toLowerCase();
  if (attesterOf(state.contract.document) === publicKey) return 'attester';
  return undefined;
}

function roleCheck(state: ContractState, publicKey: string): CheckView {
  const role = roleOfAuthor(state, publicKey);
  return role === undefined
    ? { label: 'The author has a role in the contract', state: 'failed' }
    : { label: `The author acts as the ${role} of this contract`, state: 'ok' };
}

function receiptChecks(state: ContractState, receipt: ParsedReceipt): CheckView[] {
  const { n, request } = receipt.document;
  const proven = state.payments.filter((payment) => payment.request === request.id);
  const acknowledged = proven.filter(
    (payment) => n.includes(payment.n) && payment.class === 'preimage+acknowledgement',
  ).length;
  return [
    { label: 'The payee signed the request it embeds', state: 'ok' },
    {
      label: 'Every preimage hashes to the payment hash the payee signed',
      state: 'ok',
      detail: formatPlural(n.length, 'preimage'),
    },
    acknowledged === n.length
      ? { label: 'The payee acknowledged receiving it', state: 'ok' }
      : {
          label: 'The payee acknowledged receiving it',
          state: 'unknown',
          detail: `${acknowledged} of ${n.length}`,
        },
  ];
}

/** What a payment of a leg is called. */
const PAID: Readonly<Record<Leg, string>> = {
  disbursement: 'Paid out',
  repayment: 'Repaid',
  originationFee: 'Fee paid to the bank',
  servicing: 'The bank’s share of repayments paid',
  guarantee: 'Paid under the guarantee',
  handedOn: 'Handed on to the bank',
  recovery: 'Recovered and paid on',
  tillShare: 'Share of sales paid',
  takings: 'Takings paid on to the business',
};

function receiptWords(state: ContractState, receipt: ParsedReceipt): Words {
  const { request, n } = receipt.document;
  const paid = state.payments.filter(
    (payment) => payment.receipt === receipt.event.id && payment.request === request.id,
  );
  const priced = pricedWords(state, receipt, paid);
  return {
    title: PAID[paid[0]?.leg ?? 'disbursement'],
    detail: [`${formatPlural(n.length, 'payment')}, proven by preimage`, ...priced.words].join(
      '; ',
    ),
    ...(priced.isUnproven ? { tone: 'waiting' as const } : {}),
    amount: amountOf(
      paid.reduce((sum, payment) => sum + payment.amountUnits, 0n),
      state.contract.document.denomination,
    ),
    checks: [...receiptChecks(state, receipt), ...priced.checks],
  };
}

function wordsOf(state: ContractState, parsed: ParsedEvent): Words {
  switch (parsed.name) {
    case 'contract':
      return {
        title: parsed.document.replaces ? 'Other terms proposed' : 'Contract proposed',
        amount: amountOf(BigInt(parsed.document.principalUnits), parsed.document.denomination),
        checks: [
          { label: 'The offer it rests on is embedded and signed by the bank', state: 'ok' },
          { label: 'Tranches add up to the principal', state: 'ok' },
        ],
      };
    case 'signature':
      return parsed.document.type === 'acceptance'
        ? {
            title:
              parsed.document.terms.id === state.root
                ? `Signed by the ${parsed.document.role}`
                : `Other terms signed by the ${parsed.document.role}`,
            checks: [{ label: 'It accepts exactly these terms', state: 'ok' }],
          }
        : { title: 'Withdrawn', checks: [] };
    case 'receipt':
      return receiptWords(state, parsed);
    case 'acknowledgement': {
      const { document } = parsed;
      if (document.type !== 'received') return { title: 'Objection', checks: [] };
      const count = document.items.reduce((sum, item) => sum + item.n.length, 0);
      const detail = formatPlural(count, 'payment');
      return { title: 'Received, says the payee', detail, checks: [] };
    }
    case 'milestone':
      return milestoneWords(state, parsed);
    case 'notice':
      return noticeWords(state, parsed);
    case 'chainReceipt':
      return chainReceiptWords(state, parsed);
    case 'tender':
      return tenderWords(state, parsed);
    case 'tenderAnswer':
      return tenderAnswerWords(state, parsed);
    case 'key': {
      const { document } = parsed;
      const isRotation = document.type === 'rotation';
      const title = `Key of the ${document.role} ${isRotation ? 'replaced' : 'revoked'}`;
      const detail = isRotation
        ? `From now on ${shortNpub(document.to)} acts where ${shortNpub(document.from)} did`
        : `${shortNpub(document.key)} signs nothing more in this contract`;
      return { title, detail, tone: 'waiting', checks: [] };
    }
    case 'sales':
      return { title: 'Sales reported', checks: [] };
    case 'dispute':
      return { title: `A case: ${STEP_WORDS[parsed.document.type]}`, tone: 'waiting', checks: [] };
    default:
      return { title: parsed.name, checks: [] };
  }
}

function flowOf(state: ContractState, parsed: ParsedEvent, own: ReadonlySet<string>) {
  if (parsed.name !== 'receipt' && parsed.name !== 'chainReceipt') return undefined;
  const leg = state.payments.find((payment) => payment.receipt === parsed.event.id)?.leg;
  if (!leg) return undefined;
  const { parties } = state.contract.document;
  const { payer, payee } = legOf(state.contract.document, leg);
  if (own.has(parties[payer].pubkey)) return 'out' as const;
  if (own.has(parties[payee].pubkey)) return 'in' as const;
  return undefined;
}

/** Within one second: terms, then who signs first, then money, then what closes it. */
function rankOf(parsed: ParsedEvent): number {
  switch (parsed.name) {
    case 'contract':
      return 0;
    case 'signature':
      return parsed.document.type === 'acceptance'
        ? 1 + ['investor', 'business', 'bank'].indexOf(parsed.document.role)
        : 4;
    case 'receipt':
    case 'chainReceipt':
      return 5;
    case 'acknowledgement':
      return 6;
    case 'milestone':
      return parsed.document.type === 'claim' ? 7 : 8;
    default:
      return 9;
  }
}

function isNewerFirst(a: ParsedEvent, b: ParsedEvent): number {
  if (a.event.created_at !== b.event.created_at) return b.event.created_at - a.event.created_at;
  return rankOf(b) - rankOf(a) || (a.event.id < b.event.id ? -1 : 1);
}

/** The contract's events, newest first. */
export function timelineView(
  names: Names,
  view: ContractView,
  events: readonly ParsedEvent[],
): TimelineEventView[] {
  const { state, rejects } = view.fold;
  const refused = new Map(rejects.map((entry) => [entry.id, entry]));
  const cases = names.catalog.cases.ofContract(view.root);
  const counted = new Set(cases.flatMap(({ fold }) => fold.applied));
  // Whoever only tags the contract is no part of a case of it.
  const isOfCase = ({ name, event }: ParsedEvent): boolean =>
    name !== 'dispute' || counted.has(event.id);
  return events
    .filter((parsed) => !isPrivate(parsed) && !refused.has(parsed.event.id) && isOfCase(parsed))
    .sort(isNewerFirst)
    .map((parsed) => {
      const words = wordsOf(state, parsed);
      const role = roleOfAuthor(state, parsed.event.pubkey);
      const main = (['investor', 'business', 'bank'] as const).find((entry) => entry === role);
      const key = main ? state.contract.document.parties[main].pubkey : parsed.event.pubkey;
      return {
        id: parsed.event.id,
        atSec: parsed.event.created_at,
        title: words.title,
        detail: words.detail,
        amount: words.amount,
        tone: words.tone,
        flow: flowOf(state, parsed, names.own),
        who: personView(names, key, role),
        checks: [...BASIC, roleCheck(state, parsed.event.pubkey), ...words.checks],
        raw: JSON.stringify(parsed.event, null, 2),
      };
    });
}

/** What was refused about a contract: by its rules, or before it was even an event. */
export function rejectedView(view: ContractView, refused: readonly Refused[]): RejectedView[] {
  const byRule = view.fold.rejects.map((entry) => ({
    id: entry.id,
    code: entry.code,
    sentence: REJECT_SENTENCES[entry.code],
  }));
  const byShape = refused.map((entry) => ({
    id: entry.id,
    code: entry.code,
    sentence: REJECT_SENTENCES[entry.code],
  }));
  return [...byRule, ...byShape];
}

/** The fixed sentences of the key-facts sheet in words, by their ids. Spec: specs/key-facts.md. */
import type { KeyFacts, PartyRole, SentenceId } from '@realyield/protocol';
import { amountText, BITCOIN } from '../../amount.ts';
import { formatBps, formatPlural } from '../../format.ts';

/** What a sentence may speak of. */
export interface SentenceContext {
  readonly facts: KeyFacts;
  /** Who reads; undefined for anybody else. */
  readonly role: PartyRole | undefined;
  /** Until when the investor may think again, as text. */
  readonly coolingOffUntil: string | undefined;
}

type Words = (context: SentenceContext) => string;

const who = (context: SentenceContext, role: PartyRole): string =>
  context.role === role ? 'you' : `the ${role}`;

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

const days = (count: number): string => formatPlural(count, 'day');

/** The loan's share of the bond it pins. */
const bondShareText = ({ facts }: SentenceContext): string =>
  amountText(BigInt(facts.bond?.shareMsat ?? 0), BITCOIN, true);

/** Sentences about what happens when a payment is missed. */
const IF_NOT_PAID = {
  grace: ({ facts }) =>
    `Paid within ${days(facts.graceDays)} after its due day, a payment still counts as on time.`,
  interestRunsOn: () =>
    'Interest goes on, day by day, on what is outstanding; there is none on interest.',
  lateFee: ({ facts }) => {
    const example = facts.lateFee;
    const fee = 'After the days of grace a late fee is charged';
    if (example === undefined) return `${fee}.`;
    const amount = amountText(BigInt(example.feeUnits), facts.denomination, true);
    const late = days(example.daysPastDue);
    return `${fee}: ${amount} for instalment ${example.instalment}, ${late} late.`;
  },
  noLateFee: () => 'No fee is charged for being late.',
  arrearsNotice: (context) =>
    `${capital(who(context, 'bank'))} or ${who(context, 'investor')} may publish a signed ` +
    'arrears notice. Paying what is late cures it.',
  defaultNotice: ({ facts }) =>
    `${days(facts.default.afterDays)} past due, and ${days(facts.default.cureDays)} after such a ` +
    'notice, they may declare default. That is final: nothing more is paid out, everything stays ' +
    'owed.',
  acceleration: () => 'After a default everything outstanding may be called in at once.',
  defaultPublished: ({ role }) =>
    role === 'business'
      ? 'You agree that a default is published under your name.'
      : 'The business agrees that a default is published under its name.',
  defaultNotNamed: ({ role }) =>
    role === 'business'
      ? 'You do not agree to be named in a default; the signed notices show your key.'
      : 'The business does not agree to be named in a default; the signed notices show its key.',
  bankEnforces: (context) =>
    `${capital(who(context, 'bank'))} may claim the debt locally for ` +
    `${who(context, 'investor')}, and keep at most ${formatBps(context.facts.costCapBps)} of ` +
    'what is recovered for costs.',
  nobodyEnforces: () => 'Nobody claims the debt locally on the investor’s behalf.',
  guaranteeFirstLoss: (context) => {
    const { guarantee } = context.facts;
    if (guarantee.type !== 'firstLoss') return '';
    return (
      `After a default ${who(context, 'bank')} must pay lost principal within ` +
      `${days(guarantee.payDays)}, at most ${formatBps(guarantee.shareBps)} of what was lent.`
    );
  },
  guaranteeFull: (context) => {
    const { guarantee } = context.facts;
    if (guarantee.type !== 'full') return '';
    return (
      `After a default ${who(context, 'bank')} must pay what is owed within ` +
      `${days(guarantee.payDays)}, at most ${formatBps(guarantee.capBps)} of what was lent.`
    );
  },
  guaranteeBond: (context) => {
    const { guarantee } = context.facts;
    if (guarantee.type !== 'bond') return '';
    return (
      `After a default ${who(context, 'bank')} must pay what is owed within ` +
      `${days(guarantee.payDays)}, at most ${bondShareText(context)}: as much of the bond as ` +
      'stands for this loan.'
    );
  },
  bondForRuling: (context) =>
    `${bondShareText(context)} of ${context.role === 'bank' ? 'your' : 'the bank’s'} bond stand ` +
    'for this loan. After a ruling two of its three key holders can pay them out.',
  tillRecovery: ({ facts }) =>
    `After a default, until nothing is late, ${formatBps(facts.tillShare?.recoveryBps ?? 0)} of ` +
    'each sale at the bank’s till repays the loan. It reaches only sales through that till.',
  securityPledged: () => 'Something is pledged; what it is stands under “Security”.',
} satisfies Partial<Record<SentenceId, Words>>;

/** Sentences about rights. */
const RIGHTS = {
  withdrawBeforeEffect: () => 'Until all three have signed, each of them can withdraw.',
  coolingOff: (context) =>
    `After that ${who(context, 'investor')} can still withdraw for ` +
    days(context.facts.coolingOffDays) +
    (context.coolingOffUntil === undefined ? '.' : `: until ${context.coolingOffUntil}.`),
  unstreamedStays: (context) =>
    `The money leaves ${context.role === 'investor' ? 'your' : 'the investor’s'} wallet bit by ` +
    `bit. ${capital(who(context, 'investor'))} can pause; what has not left is not owed.`,
  milestoneFirst: () =>
    'A part of it leaves only after what was promised is done and confirmed by signature.',
  repayEarly: (context) =>
    `${capital(who(context, 'business'))} can repay early on any day, which saves interest.`,
  revenueShare: (context) =>
    `${capital(who(context, 'business'))} ${context.role === 'business' ? 'pay' : 'pays'} a ` +
    'share of the sales, and at least what is shown here. Good sales repay it sooner, at the ' +
    'same cost.',
  tillShare: ({ facts }) =>
    `${formatBps(facts.tillShare?.shareBps ?? 0)} of each sale at the till repays the loan ` +
    'at once, for all who lend together.',
  repayEarlySameCost: (context) =>
    `${capital(who(context, 'business'))} can repay early on any day; the cost stays the same.`,
  complain: () => 'Complaints go where “Complaints” says below.',
  legalTextPrevails: () => 'Where contract and legal text disagree, the legal text holds.',
  contractPrevails: () => 'Where contract and legal text disagree, the contract holds.',
  fallbackAddress: (context) =>
    (context.role === 'investor' ? 'If you do' : 'If the investor does') +
    ` not answer for fourteen days, ${who(context, 'business')} may pay to the Bitcoin address ` +
    `this contract names for ${context.role === 'investor' ? 'you' : 'them'}, and that counts.`,
} satisfies Partial<Record<SentenceId, Words>>;

/** Sentences about what nothing covers. */
const NOT_COVERED = {
  businessMayFail: ({ role }) =>
    role === 'investor'
      ? 'The business may fail. You may lose all you lend.'
      : 'The business may fail. The investor may lose all that was lent.',
  noDepositInsurance: () => 'This is not a deposit. No deposit insurance pays it back.',
  noGuarantee: (context) =>
    `${capital(who(context, 'bank'))} ${context.role === 'bank' ? 'do' : 'does'} not guarantee ` +
    'that it is repaid.',
  noBond: () => 'No bond covers it.',
  bondHolders: () =>
    'Any two of the bond’s three key holders can take it, ruling or not, and once its time is ' +
    'over the bank can alone. Whether it is still there, only the chain says.',
  noSecurity: () => 'Nothing is pledged.',
  bitcoinPrice: ({ role }) =>
    role === 'business'
      ? 'You owe bitcoin. If its price rises, what you pay costs you more in your own money.'
      : 'The debt is in bitcoin. Its price may fall, and a rise makes it harder to repay.',
  currencyPrice: ({ role }) =>
    `The debt is in a currency. It is paid in bitcoin at prices others sign, who may err or fall ` +
    `silent.${role === 'investor' ? ' Bitcoin you are repaid may be fewer than you lent.' : ''}`,
  passedOn: ({ facts, role }) => {
    const { forwarding } = facts.fees;
    if (!forwarding) return '';
    const isOwn = role === 'bank';
    const base = amountText(BigInt(forwarding.mostBaseMsat), BITCOIN);
    return (
      `${isOwn ? 'You pass' : 'The bank passes'} payments on` +
      `${forwarding.use === 'always' ? '' : ' that find no other way'}, without owning them, ` +
      `for at most ${formatBps(forwarding.mostBps)} and ${base} of each. While ` +
      `${isOwn ? 'your' : 'its'} client is away, a payment on its way is in nobody’s purse; ` +
      'after about a day and a half it goes back by itself. If ' +
      `${isOwn ? 'you' : 'the bank'} had passed it on by then, the loss is ` +
      `${isOwn ? 'yours' : 'the bank’s'}.`
    );
  },
  tillHeld: (context) =>
    (context.role === 'bank' ? 'You run the till and hold' : 'The bank runs the till and holds') +
    ' what it takes until it is paid on.',
  tillUnwatched: () =>
    'The business runs the till itself. What it takes elsewhere pays no share of a sale.',
  paymentsFinal: () => 'A payment that is made cannot be called back.',
  taxWithheld: () => 'Tax is withheld from the interest; the rates here are before it.',
  ownTaxes: () => 'Taxes where you live are not counted here.',
} satisfies Partial<Record<SentenceId, Words>>;

/** Every sentence of the sheet in words. */
const WORDS: Readonly<Record<SentenceId, Words>> = { ...IF_NOT_PAID, ...RIGHTS, ...NOT_COVERED };

/** Some sentences in words, in their order. */
export function sentencesInWords(
  ids: readonly SentenceId[],
  context: SentenceContext,
): readonly string[] {
  return ids.map((id) => WORDS[id](context));
}

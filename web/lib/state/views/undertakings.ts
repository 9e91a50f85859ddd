/** Consent, appointments and funding of an offer in words. */
import {
  APPOINTEE_ROLES,
  offerAddress,
  type AppointeeRole,
  type ParsedOffer,
} from '@realyield/protocol';
import { undertakingsOf } from '../../engine/bases.ts';
import { fundingOf, type FundingView } from '../../engine/agreement/funding.ts';
import { amountText } from '../../amount.ts';
import { formatDate, formatDateTime, formatPlural } from '../../format.ts';
import type { Fact } from '../../ui/facts.ts';
import { nameOf, type Names } from './people.ts';

/** What an appointee is called. */
export const APPOINTEE_NAMES: Readonly<Record<AppointeeRole, string>> = {
  arbiter: 'Arbiter',
  fallbackArbiter: 'Fallback arbiter',
  trustee: 'Trustee',
  backupServicer: 'Backup servicer',
};

/** What an appointee does, in a sentence. */
export const APPOINTEE_TASKS: Readonly<Record<AppointeeRole, string>> = {
  arbiter: 'You would decide where the parties cannot agree.',
  fallbackArbiter: 'You would decide where the arbiter does not.',
  trustee: 'You would hold what secures the loan, for those it is owed to.',
  backupServicer: 'You would do the bank’s work once the bank has been silent for the time agreed.',
};

/** Where an offer's page is. */
export function offerHref({ event, document }: ParsedOffer): string {
  return `/offers/${offerAddress(event.pubkey, document.identifier)}`;
}

/** Who agreed to an offer and who serves it, as facts: who accepted, and who has not. */
export function undertakingFacts(names: Names, offer: ParsedOffer): Fact[] {
  const { consent, appointments } = undertakingsOf(names.catalog.signaturesOn(offer), offer);
  const { appointees = {}, silenceDays } = offer.document;
  const agreed: Fact = {
    label: 'Agreed to by the business',
    text: consent ? `On ${formatDate(consent.event.created_at)}` : 'Not yet',
    note: consent
      ? 'to exactly this version, under its key'
      : 'the bank alone says what is said here',
  };
  const served = APPOINTEE_ROLES.flatMap((role): Fact[] => {
    const key = appointees[role];
    if (key === undefined) return [];
    const accepted = appointments.find(
      ({ document }) => document.type === 'appointment' && document.role === role,
    );
    const when = role === 'backupServicer' && silenceDays !== undefined;
    const after = when ? `, after ${formatPlural(silenceDays, 'day')} of the bank’s silence` : '';
    const note = accepted
      ? `accepted on ${formatDate(accepted.event.created_at)}${after}`
      : `has not accepted yet${after}`;
    return [{ label: APPOINTEE_NAMES[role], text: nameOf(names, key), note }];
  });
  return [agreed, ...served];
}

/** How funding stands, in a sentence. */
export function fundingSentence(view: FundingView, nowSec: number): string {
  const { status, togetherUnits, wantedUnits, contracts, deadlineAtSec, denomination } = view;
  const count = formatPlural(contracts.length, 'contract');
  const least = amountText(wantedUnits, denomination, true);
  const sum =
    contracts.length === 0
      ? `Nothing of at least ${least}`
      : `${amountText(togetherUnits, denomination, true)} in ${count} of at least ${least}`;
  if (status === 'reached') return `Funding is reached: ${sum}. Money is paid out.`;
  if (status === 'failed') return `Funding failed: ${sum} came together. Nothing is paid out.`;
  const isOver = deadlineAtSec !== undefined && nowSec > deadlineAtSec;
  if (isOver) {
    const when = formatDateTime(deadlineAtSec);
    return `The time for funding ended on ${when} with ${sum}. Nothing is paid out.`;
  }
  const until = deadlineAtSec === undefined ? '' : `, until ${formatDateTime(deadlineAtSec)}`;
  const next =
    togetherUnits >= wantedUnits
      ? 'It is enough; the bank has yet to say so.'
      : 'Nothing is paid out before enough has come together.';
  return `${sum} so far${until}. ${next}`;
}

/** How an offer's funding stands; undefined where contracts do not wait for each other. */
export function fundingView(names: Names, offer: ParsedOffer): FundingView | undefined {
  const view = fundingOf(names.catalog, offer);
  return view.status === 'notRequired' ? undefined : view;
}

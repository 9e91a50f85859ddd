/** What a contract rests on beside its offer: who consented to it and who accepted to serve. */
import {
  APPOINTEE_ROLES,
  embed,
  type ContractDocument,
  type ParsedOffer,
  type ParsedSignature,
} from '@realyield/protocol';
import type { Desk } from './desk.ts';

/** The consent and the appointments known for exactly this version of an offer. */
export interface Undertakings {
  readonly consent: ParsedSignature | undefined;
  /** By role; of several by one key the first published. */
  readonly appointments: readonly ParsedSignature[];
}

function compare(a: ParsedSignature, b: ParsedSignature): number {
  const times = a.event.created_at - b.event.created_at;
  if (times !== 0) return times;
  return a.event.id < b.event.id ? -1 : 1;
}

/** What business and appointees signed for an offer's version, of those it names. */
export function undertakingsOf(
  signatures: readonly ParsedSignature[],
  offer: ParsedOffer,
): Undertakings {
  const own = signatures.filter(
    ({ document }) => 'offer' in document && document.offer === offer.event.id,
  );
  const sorted = own.sort(compare);
  const { business, appointees = {} } = offer.document;
  const consent = sorted.find(
    ({ document, event }) => document.type === 'consent' && event.pubkey === business.pubkey,
  );
  const appointments = APPOINTEE_ROLES.flatMap((role) => {
    const found = sorted.find(({ document, event }) => {
      const isOfIt = document.type === 'appointment' && document.role === role;
      return isOfIt && event.pubkey === appointees[role];
    });
    return found ? [found] : [];
  });
  return { consent, appointments };
}

/** The bases an investor embeds: everything known, so that it can no longer be taken away. */
export function basesFor(desk: Desk, offer: ParsedOffer): ContractDocument['bases'] {
  const { consent, appointments } = undertakingsOf(desk.catalog.signaturesOn(offer), offer);
  return [
    ...(consent ? [{ as: 'consent' as const, event: embed(consent.event) }] : []),
    ...appointments.map(({ event }) => ({ as: 'appointment' as const, event: embed(event) })),
  ];
}

/** How long a proposal stands, seconds: long enough for a bank that opens once a week. */
const PROPOSAL_SEC = 14 * 86_400;

/** What of a proposal neither offer nor investor chooses. */
export function proposalTerms(
  desk: Desk,
  offer: ParsedOffer,
  startAtSec: number,
): { expiresAtSec: number; bases: ContractDocument['bases'] } {
  return { expiresAtSec: startAtSec + PROPOSAL_SEC, bases: basesFor(desk, offer) };
}

/**
 * What is signed for one version of an offer before there is a contract: the business's consent,
 * and appointees' word that they will serve. Spec: specs/contract.md, "Signature".
 */
import {
  APPOINTEE_ROLES,
  buildSignature,
  reject,
  type AppointeeRole,
  type ParsedOffer,
  type Result,
  type SignatureDocument,
} from '@realyield/protocol';
import { undertakingsOf } from '../bases.ts';
import type { Desk } from '../desk.ts';

/** An offer that asks this person to serve its contracts. */
export interface Asked {
  readonly offer: ParsedOffer;
  readonly role: AppointeeRole;
}

/** Roles an offer names somebody for who has not accepted. */
export function notAccepted(
  catalog: Desk['catalog'],
  offer: ParsedOffer,
): readonly AppointeeRole[] {
  const { appointees = {} } = offer.document;
  const { appointments } = undertakingsOf(catalog.signaturesOn(offer), offer);
  const accepted = appointments.map(({ document }) => 'role' in document && document.role);
  return APPOINTEE_ROLES.filter((role) => appointees[role] && !accepted.includes(role));
}

/** Consents and appointments of one person. */
export class Undertakings {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Open offers about this person's business that it has not consented to, newest first. */
  unconsented(): readonly ParsedOffer[] {
    const { catalog, person } = this.#desk;
    return this.#open().filter((offer) => {
      const isOwn = offer.document.business.pubkey === person.publicKey;
      return isOwn && !undertakingsOf(catalog.signaturesOn(offer), offer).consent;
    });
  }

  /** What this person is asked to serve as and has neither accepted nor declined. */
  async asked(): Promise<readonly Asked[]> {
    const { catalog, person, store } = this.#desk;
    const all = this.#open().flatMap((offer) =>
      notAccepted(catalog, offer)
        .filter((role) => offer.document.appointees?.[role] === person.publicKey)
        .map((role) => ({ offer, role })),
    );
    const declined = await Promise.all(
      all.map((asked) => store.get('settings', declinedKey(asked))),
    );
    return all.filter((_, index) => declined[index] === undefined);
  }

  /** Consents to exactly this version of an offer. */
  consent(offer: ParsedOffer): Promise<Result<string>> {
    const { person } = this.#desk;
    const isOwn = offer.document.business.pubkey === person.publicKey;
    if (!isOwn) return Promise.resolve(reject('AUTHOR_ROLE', 'business'));
    return this.#sign(offer, { v: 1, type: 'consent', offer: offer.event.id, prev: [] });
  }

  /** Accepts to serve the contracts of exactly this version of an offer. */
  accept({ offer, role }: Asked): Promise<Result<string>> {
    const isNamed = offer.document.appointees?.[role] === this.#desk.person.publicKey;
    if (!isNamed) return Promise.resolve(reject('AUTHOR_ROLE', role));
    return this.#sign(offer, {
      v: 1,
      type: 'appointment',
      offer: offer.event.id,
      role,
      prev: [],
    });
  }

  /** Does not accept: nothing is signed, and this device does not ask again. */
  async decline(asked: Asked): Promise<void> {
    await this.#desk.store.write([{ table: 'settings', key: declinedKey(asked), value: true }]);
  }

  #open(): readonly ParsedOffer[] {
    const nowSec = this.#desk.clock.nowSec();
    return this.#desk.catalog
      .offers()
      .filter(({ document }) => document.status === 'open' && document.expiresAtSec > nowSec);
  }

  async #sign(offer: ParsedOffer, document: SignatureDocument): Promise<Result<string>> {
    const { person, clock, catalog, outbox, relays } = this.#desk;
    const event = await person.sign(buildSignature(document, clock.nowSec()));
    await catalog.add([event], 'this device');
    await outbox.send(event, [...relays.writeUrls, ...offer.document.relays]);
    return { ok: true, value: event.id };
  }
}

const declinedKey = ({ offer, role }: Asked): string => `declined|${offer.event.id}|${role}`;

/** Publishing what a person states under their own key: offers and profiles. */
import {
  buildBankProfile,
  buildOffer,
  ok,
  readEvent,
  type BankProfileDocument,
  type OfferDocument,
  type Result,
  type SignedEvent,
  type Template,
} from '@realyield/protocol';
import type { Desk } from './desk.ts';

/** Signs and publishes; refuses, with the code a stranger would give, what nobody would read. */
async function publishListing(desk: Desk, template: Template): Promise<Result<SignedEvent>> {
  const event = await desk.person.sign(template);
  const read = readEvent(event);
  if (!read.ok) return read;
  await desk.catalog.add([event], 'this device');
  await desk.outbox.send(event);
  return ok(event);
}

/** What a bank lists. */
export class Listings {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Signs and publishes an offer under the person's own key. */
  publishOffer(document: OfferDocument): Promise<Result<SignedEvent>> {
    return publishListing(this.#desk, buildOffer(document, this.#desk.clock.nowSec()));
  }

  /** Signs and publishes a bank profile. */
  publishProfile(document: BankProfileDocument): Promise<Result<SignedEvent>> {
    return publishListing(this.#desk, buildBankProfile(document, this.#desk.clock.nowSec()));
  }
}

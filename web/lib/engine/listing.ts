/** Publishing what a person states under their own key: offers, profiles and attestations. */
import {
  buildArbiterProfile,
  buildAttestation,
  buildBankProfile,
  buildOffer,
  ok,
  readEvent,
  type ArbiterProfileDocument,
  type AttestationDocument,
  type BankProfileDocument,
  type OfferDocument,
  type ParsedAttestation,
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

/** What is attested of somebody, its author's clock aside. */
export type Statement = Omit<AttestationDocument, 'v' | 'checkedAtSec' | 'takenBack'>;

/** What a person lists. */
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

  /** Signs and publishes what a person says of themselves as arbiter. */
  publishArbiter(document: ArbiterProfileDocument): Promise<Result<SignedEvent>> {
    const { catalog, clock, person } = this.#desk;
    const before = catalog.listings.arbiter(person.publicKey)?.event.created_at ?? 0;
    // Of two in one second the lower id would count, not the later word.
    const nowSec = Math.max(clock.nowSec(), before + 1);
    return publishListing(this.#desk, buildArbiterProfile(document, nowSec));
  }

  /** What this person attests of somebody under a matter, taken back or not. */
  attested(subject: string, matter: string): ParsedAttestation | undefined {
    const { catalog, person } = this.#desk;
    return catalog.listings.attestationsOn(subject).find(({ event, document }) => {
      return event.pubkey === person.publicKey && document.matter === matter;
    });
  }

  /** Signs and publishes what this person attests; it replaces what they said before. */
  attest(statement: Statement): Promise<Result<SignedEvent>> {
    return this.#attest(statement);
  }

  /** The person stands by an attestation of theirs no longer. */
  takeBack(subject: string, matter: string): Promise<Result<SignedEvent>> {
    const statement = 'Taken back.';
    return this.#attest({ subject, matter, statement, documents: [], takenBack: true });
  }

  #attest(said: Omit<AttestationDocument, 'v' | 'checkedAtSec'>): Promise<Result<SignedEvent>> {
    const before = this.attested(said.subject, said.matter)?.event.created_at ?? 0;
    // Of two in one second the lower id would count, not the later word.
    const nowSec = Math.max(this.#desk.clock.nowSec(), before + 1);
    const document = { v: 1 as const, checkedAtSec: nowSec, ...said };
    return publishListing(this.#desk, buildAttestation(document, nowSec));
  }
}

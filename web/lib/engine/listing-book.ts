/** The newest version of every listing: offers, bank profiles, attestations; and pledges. */
import {
  offerAddress,
  type ParsedArbiterProfile,
  type ParsedAttestation,
  type ParsedBankProfile,
  type ParsedEvent,
  type ParsedOffer,
} from '@realyield/protocol';
import { PledgeBook, type Pledges } from './bonds/pledge-book.ts';

/** NIP-01: the later wins; in the same second the lowest id. */
function isNewer(a: ParsedEvent, b: ParsedEvent): boolean {
  if (a.event.created_at !== b.event.created_at) return a.event.created_at > b.event.created_at;
  return a.event.id < b.event.id;
}

function keepNewest<Parsed extends ParsedEvent>(
  index: Map<string, Parsed>,
  key: string,
  parsed: Parsed,
): void {
  const current = index.get(key);
  if (!current || isNewer(parsed, current)) index.set(key, parsed);
}

/** Listings that say what somebody is called. */
const NAMING: ReadonlySet<string> = new Set(['offer', 'bankProfile', 'arbiterProfile']);

/** What can be read of listings. */
export interface Listings {
  /** What banks have pledged. */
  readonly pledges: Pledges;
  /** Counts the offers and profiles that have come. */
  readonly revision: number;
  /** Offers, newest first. */
  offers(): readonly ParsedOffer[];
  /** The newest offer about a business. */
  offerOfBusiness(publicKey: string): ParsedOffer | undefined;
  /** All profiles. */
  profiles(): readonly ParsedBankProfile[];
  /** All profiles of arbiters. */
  arbiters(): readonly ParsedArbiterProfile[];
  /** An arbiter's profile. */
  arbiter(publicKey: string): ParsedArbiterProfile | undefined;
  /** What is attested about a business or bank: the newest of each author and matter. */
  attestationsOn(subject: string): readonly ParsedAttestation[];
}

/** Verified listings. */
export class ListingBook implements Listings {
  readonly pledges: PledgeBook;
  revision = 0;
  readonly #offers = new Map<string, ParsedOffer>();
  readonly #profiles = new Map<string, ParsedBankProfile>();
  readonly #arbiters = new Map<string, ParsedArbiterProfile>();
  readonly #attestations = new Map<string, Map<string, ParsedAttestation>>();
  /** Made again after an offer has come. */
  #sorted: readonly ParsedOffer[] | undefined;
  #byBusiness = new Map<string, ParsedOffer>();

  /** `offerOf` says under which offer a contract is, by its identifier. */
  constructor(offerOf: (contract: string) => string | undefined = () => undefined) {
    this.pledges = new PledgeBook(offerOf);
  }

  /** Adds a verified event; others than listings are left aside. */
  add(parsed: ParsedEvent): void {
    this.pledges.add(parsed);
    const { pubkey } = parsed.event;
    if (NAMING.has(parsed.name)) this.revision += 1;
    if (parsed.name === 'offer') {
      keepNewest(this.#offers, offerAddress(pubkey, parsed.document.identifier), parsed);
      this.#sorted = undefined;
    } else if (parsed.name === 'bankProfile') keepNewest(this.#profiles, pubkey, parsed);
    else if (parsed.name === 'arbiterProfile') keepNewest(this.#arbiters, pubkey, parsed);
    else if (parsed.name === 'attestation') {
      const { subject, matter } = parsed.document;
      const ofSubject = this.#attestations.get(subject) ?? new Map<string, ParsedAttestation>();
      keepNewest(ofSubject, `${pubkey}:${matter}`, parsed);
      this.#attestations.set(subject, ofSubject);
    }
  }

  offers(): readonly ParsedOffer[] {
    if (this.#sorted) return this.#sorted;
    this.#sorted = [...this.#offers.values()].sort((a, b) => (isNewer(a, b) ? -1 : 1));
    // The newest of each business: it is written last.
    const oldestFirst = [...this.#sorted].reverse();
    this.#byBusiness = new Map(oldestFirst.map((offer) => [offer.document.business.pubkey, offer]));
    return this.#sorted;
  }

  /** The newest version of an offer by its address. */
  offer(address: string): ParsedOffer | undefined {
    return this.#offers.get(address);
  }

  offerOfBusiness(publicKey: string): ParsedOffer | undefined {
    this.offers();
    return this.#byBusiness.get(publicKey);
  }

  /** A bank's profile. */
  profile(publicKey: string): ParsedBankProfile | undefined {
    return this.#profiles.get(publicKey);
  }

  profiles(): readonly ParsedBankProfile[] {
    return [...this.#profiles.values()];
  }

  arbiters(): readonly ParsedArbiterProfile[] {
    return [...this.#arbiters.values()];
  }

  arbiter(publicKey: string): ParsedArbiterProfile | undefined {
    return this.#arbiters.get(publicKey);
  }

  attestationsOn(subject: string): readonly ParsedAttestation[] {
    return [...(this.#attestations.get(subject)?.values() ?? [])];
  }
}

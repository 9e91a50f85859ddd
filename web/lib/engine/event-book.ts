/** Verified events in memory, by id, contract and address. */
import {
  Kind,
  contractOf,
  contractsOf,
  offerAddress,
  type ParsedEvent,
  type ParsedOffer,
  type ParsedSignature,
} from '@realyield/protocol';
import { ListingBook } from './listing-book.ts';

function put(index: Map<string, Set<string>>, key: string, value: string): void {
  const values = index.get(key) ?? new Set<string>();
  values.add(value);
  index.set(key, values);
}

/** The store row of an event. */
export function rowOf(parsed: ParsedEvent) {
  const contract = contractOf(parsed);
  const value = { ...parsed.event, tags: parsed.event.tags.map((tag) => [...tag]) };
  const row = { table: 'events' as const, key: parsed.event.id, value };
  return contract === undefined ? row : { ...row, contract };
}

/** The events a catalog holds. */
export class EventBook {
  readonly listings = new ListingBook((root) => this.#offerOf(root));
  readonly #byId = new Map<string, ParsedEvent>();
  readonly #byContract = new Map<string, Map<string, ParsedEvent>>();
  readonly #rootsByOffer = new Map<string, Set<string>>();
  /** Consents and appointments by the version of the offer they name. */
  readonly #signaturesByOffer = new Map<string, Map<string, ParsedSignature>>();
  readonly #rootsByBank = new Map<string, Set<string>>();

  /** Adds a verified event; false when it was known. */
  add(parsed: ParsedEvent): boolean {
    const { event } = parsed;
    if (this.#byId.has(event.id)) return false;
    this.#byId.set(event.id, parsed);
    this.listings.add(parsed);
    for (const root of contractsOf(parsed)) this.#indexContract(parsed, root);
    this.#indexSignature(parsed);
    return true;
  }

  #indexSignature(parsed: ParsedEvent): void {
    if (parsed.name !== 'signature' || !('offer' in parsed.document)) return;
    const { offer } = parsed.document;
    const known = this.#signaturesByOffer.get(offer) ?? new Map<string, ParsedSignature>();
    this.#signaturesByOffer.set(offer, known.set(parsed.event.id, parsed));
  }

  /** Consents and appointments for one version of an offer. */
  signaturesOn(offerId: string): readonly ParsedSignature[] {
    return [...(this.#signaturesByOffer.get(offerId)?.values() ?? [])];
  }

  #indexContract(parsed: ParsedEvent, root: string): void {
    const events = this.#byContract.get(root) ?? new Map<string, ParsedEvent>();
    events.set(parsed.event.id, parsed);
    this.#byContract.set(root, events);
    if (parsed.name !== 'contract') return;
    put(this.#rootsByBank, parsed.document.parties.bank.pubkey, root);
    const base = parsed.document.bases.find((entry) => entry.event.kind === Kind.offer);
    const identifier = base?.event.content['identifier'];
    if (!base || typeof identifier !== 'string') return;
    put(this.#rootsByOffer, offerAddress(base.event.pubkey, identifier), root);
  }

  /** The identifier of the offer a contract is under. */
  #offerOf(root: string): string | undefined {
    const parsed = this.#byContract.get(root)?.get(root);
    if (parsed?.name !== 'contract') return undefined;
    const base = parsed.document.bases.find((entry) => entry.event.kind === Kind.offer);
    const identifier = base?.event.content['identifier'];
    return typeof identifier === 'string' ? identifier : undefined;
  }

  /** Exactly this event, signature included: a forged copy is not here. */
  findExactly(raw: unknown): ParsedEvent | undefined {
    if (typeof raw !== 'object' || raw === null || !('id' in raw)) return undefined;
    const { id, sig, content, tags } = raw as Record<string, unknown>;
    const known = typeof id === 'string' ? this.#byId.get(id) : undefined;
    const isSame =
      known?.event.sig === sig &&
      known?.event.content === content &&
      JSON.stringify(known?.event.tags) === JSON.stringify(tags);
    return isSame ? known : undefined;
  }

  /** An event by its id. */
  find(id: string): ParsedEvent | undefined {
    return this.#byId.get(id);
  }

  /** An offer by address, or one version by id. */
  offer(addressOrId: string): ParsedOffer | undefined {
    const byAddress = this.listings.offer(addressOrId);
    if (byAddress) return byAddress;
    const parsed = this.#byId.get(addressOrId);
    return parsed?.name === 'offer' ? parsed : undefined;
  }

  /** Contracts whose terms are known. */
  roots(): readonly string[] {
    return [...this.#byContract.keys()];
  }

  /** Contracts resting on any version of an offer. */
  rootsOfOffer(address: string): readonly string[] {
    return [...(this.#rootsByOffer.get(address) ?? [])];
  }

  /** Contracts that name a bank, whether or not it signed them. */
  rootsOfBank(publicKey: string): readonly string[] {
    return [...(this.#rootsByBank.get(publicKey) ?? [])];
  }

  /** Events of one contract. */
  ofContract(root: string): readonly ParsedEvent[] {
    return [...(this.#byContract.get(root)?.values() ?? [])];
  }
}

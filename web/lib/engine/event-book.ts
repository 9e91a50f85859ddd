/** Verified events in memory, by id, contract and address. */
import {
  Kind,
  contractOf,
  offerAddress,
  type ParsedBankProfile,
  type ParsedEvent,
  type ParsedOffer,
} from '@realyield/protocol';

/** NIP-01: the later wins; in the same second the lowest id. */
function isNewer(a: ParsedEvent, b: ParsedEvent): boolean {
  if (a.event.created_at !== b.event.created_at) return a.event.created_at > b.event.created_at;
  return a.event.id < b.event.id;
}

/** The events a catalog holds. */
export class EventBook {
  readonly #byId = new Map<string, ParsedEvent>();
  readonly #byContract = new Map<string, Map<string, ParsedEvent>>();
  readonly #offers = new Map<string, ParsedOffer>();
  readonly #profiles = new Map<string, ParsedBankProfile>();
  readonly #rootsByOffer = new Map<string, Set<string>>();

  /** Adds a verified event; false when it was known. */
  add(parsed: ParsedEvent): boolean {
    const { event } = parsed;
    if (this.#byId.has(event.id)) return false;
    this.#byId.set(event.id, parsed);
    if (parsed.name === 'offer') {
      const address = offerAddress(event.pubkey, parsed.document.identifier);
      const current = this.#offers.get(address);
      if (!current || isNewer(parsed, current)) this.#offers.set(address, parsed);
    }
    if (parsed.name === 'bankProfile') {
      const current = this.#profiles.get(event.pubkey);
      if (!current || isNewer(parsed, current)) this.#profiles.set(event.pubkey, parsed);
    }
    this.#indexContract(parsed);
    return true;
  }

  #indexContract(parsed: ParsedEvent): void {
    const root = contractOf(parsed);
    if (root === undefined) return;
    const events = this.#byContract.get(root) ?? new Map<string, ParsedEvent>();
    events.set(parsed.event.id, parsed);
    this.#byContract.set(root, events);
    if (parsed.name !== 'contract') return;
    const base = parsed.document.bases.find((entry) => entry.event.kind === Kind.offer);
    const identifier = base?.event.content['identifier'];
    if (!base || typeof identifier !== 'string') return;
    const address = offerAddress(base.event.pubkey, identifier);
    const roots = this.#rootsByOffer.get(address) ?? new Set<string>();
    roots.add(root);
    this.#rootsByOffer.set(address, roots);
  }

  /** Whether exactly this event, signature included, is here: a forged copy is not. */
  hasExactly(raw: unknown): boolean {
    if (typeof raw !== 'object' || raw === null || !('id' in raw)) return false;
    const { id, sig, content, tags } = raw as Record<string, unknown>;
    const known = typeof id === 'string' ? this.#byId.get(id)?.event : undefined;
    return (
      known?.sig === sig &&
      known?.content === content &&
      JSON.stringify(known?.tags) === JSON.stringify(tags)
    );
  }

  /** Newest version of every offer, newest first. */
  offers(): readonly ParsedOffer[] {
    return [...this.#offers.values()].sort((a, b) => (isNewer(a, b) ? -1 : 1));
  }

  /** An offer by address, or one version by id. */
  offer(addressOrId: string): ParsedOffer | undefined {
    const byAddress = this.#offers.get(addressOrId);
    if (byAddress) return byAddress;
    const parsed = this.#byId.get(addressOrId);
    return parsed?.name === 'offer' ? parsed : undefined;
  }

  /** A bank's profile. */
  profile(publicKey: string): ParsedBankProfile | undefined {
    return this.#profiles.get(publicKey);
  }

  /** Contracts whose terms are known. */
  roots(): readonly string[] {
    return [...this.#byContract.keys()];
  }

  /** Contracts resting on any version of an offer. */
  rootsOfOffer(address: string): readonly string[] {
    return [...(this.#rootsByOffer.get(address) ?? [])];
  }

  /** Events of one contract. */
  ofContract(root: string): readonly ParsedEvent[] {
    return [...(this.#byContract.get(root)?.values() ?? [])];
  }
}

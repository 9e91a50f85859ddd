/**
 * Reading embedded events once. What an id commits to never changes, so the verdict on an
 * embedded event is kept under the id computed here from its fields, never the one it claims.
 */
import {
  Kind,
  readVerified,
  verify,
  type EventReader,
  type HashFunction,
  type ParsedEvent,
  type Result,
  type SignatureVerifier,
  type VerifiedEvent,
} from '@realyield/protocol';

/** Reads events of the protocol and remembers what was embedded. */
export interface Reader {
  /** Checks shape, size, id and, unless it is believed, the signature of anything. */
  verify(input: unknown, isSignatureChecked: boolean): Result<VerifiedEvent>;
  /** Types an event whose id was computed and whose signature is known to be right. */
  read(event: VerifiedEvent): Result<readonly ParsedEvent[]>;
}

/** A map that forgets its oldest entries once they weigh too much together. */
class Memory<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly weight: number }>();
  readonly #mostWeight: number;
  #weight = 0;

  constructor(mostWeight: number) {
    this.#mostWeight = mostWeight;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  set(key: string, value: Value, weight: number): void {
    if (this.#entries.has(key)) return;
    this.#entries.set(key, { value, weight });
    this.#weight += weight;
    for (const [oldest, entry] of this.#entries) {
      if (this.#weight <= this.#mostWeight) break;
      this.#entries.delete(oldest);
      this.#weight -= entry.weight;
    }
  }
}

/** What comes again inside others: contracts in signatures, offers in contracts. */
const EMBEDDABLE: ReadonlySet<number> = new Set([
  Kind.contract,
  Kind.signature,
  Kind.offer,
  Kind.attestation,
]);

/** Signatures remembered. */
const MOST_SIGNATURES = 20_000;

/** UTF-16 units of content whose reading is remembered: some thousand offers and contracts. */
const MOST_CONTENT = 8_000_000;

const believe: SignatureVerifier = () => true;

/** A reader that checks signatures with this verifier and computes ids with this hash. */
export function createReader(verifier: SignatureVerifier, hash?: HashFunction): Reader {
  const signed = new Memory<true>(MOST_SIGNATURES);
  const read = new Memory<Result<readonly ParsedEvent[]>>(MOST_CONTENT);

  // Called by `verify` with the id it has computed: the three texts say all there is to check.
  const remembering: SignatureVerifier = (signatureHex, idHex, publicKeyHex, event) => {
    const claim = signatureHex + idHex + publicKeyHex;
    if (signed.get(claim)) return true;
    const isRight = verifier(signatureHex, idHex, publicKeyHex, event);
    if (isRight) signed.set(claim, true, 1);
    return isRight;
  };

  const readEmbedded: EventReader = (input) => {
    const verified = verify(input, remembering, hash);
    if (!verified.ok) return verified;
    const { id, content } = verified.value;
    const known = read.get(id);
    if (known) return known;
    const result = readVerified(verified.value, readEmbedded);
    read.set(id, result, content.length);
    return result;
  };

  return {
    verify: (input, isSignatureChecked) =>
      verify(input, isSignatureChecked ? believe : verifier, hash),
    read(event) {
      const result = readVerified(event, readEmbedded);
      if (EMBEDDABLE.has(event.kind)) {
        signed.set(event.sig + event.id + event.pubkey, true, 1);
        read.set(event.id, result, event.content.length);
      }
      return result;
    },
  };
}

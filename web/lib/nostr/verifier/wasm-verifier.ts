/** BIP-340 signatures checked by libsecp256k1, compiled to WebAssembly. */
import type { SignatureVerifier } from '@realyield/protocol';
import { instantiate, type Secp256k1 } from './wasm-module.ts';

/** SECP256K1_CONTEXT_VERIFY. */
const CONTEXT_VERIFY = 257;
const SIGNATURE_BYTES = 64;
const ID_BYTES = 32;
const PUBLIC_KEY_BYTES = 32;
/** A parsed public key, as the library keeps it. */
const PARSED_KEY_BYTES = 64;
/** Parsed keys kept; parsing costs a square root, a tenth of a verification. */
const KEPT_KEYS = 512;

/** BIP-340's test vector 1: what the module must accept, and refuse with one digit changed. */
const SELF_TEST = {
  publicKeyHex: 'dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659',
  idHex: '243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89',
  signatureHex:
    '6896bd60eeae296db48a229ff71dfe071bde413e6d43f917dc8dcf8c78de3341' +
    '8906d11ac976abccb20b091292bff4ea897efcb639ea871cfa95f6de339e4b0a',
};

/** The value of one lower-case hex digit given by its character code. */
function digit(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}

function writeHex(heap: Uint8Array, offset: number, hex: string): void {
  for (let at = 0; at < hex.length; at += 2) {
    heap[offset + (at >> 1)] = (digit(hex.charCodeAt(at)) << 4) | digit(hex.charCodeAt(at + 1));
  }
}

/** Finds a parsed public key in the module's memory, parsing it if it is not there yet. */
function createKeyCache(module: Secp256k1, heap: Uint8Array, context: number) {
  const input = module.allocate(PUBLIC_KEY_BYTES);
  const slots = module.allocate(PARSED_KEY_BYTES * KEPT_KEYS);
  const slotByKey = new Map<string, number>();
  let next = 0;
  const keys: (string | undefined)[] = new Array<string | undefined>(KEPT_KEYS).fill(undefined);
  return (publicKeyHex: string): number | null => {
    const known = slotByKey.get(publicKeyHex);
    if (known !== undefined) return known;
    const slot = slots + next * PARSED_KEY_BYTES;
    const evicted = keys[next];
    if (evicted !== undefined) slotByKey.delete(evicted);
    keys[next] = undefined;
    writeHex(heap, input, publicKeyHex);
    if (module.parsePublicKey(context, slot, input) !== 1) return null;
    keys[next] = publicKeyHex;
    slotByKey.set(publicKeyHex, slot);
    next = (next + 1) % KEPT_KEYS;
    return slot;
  };
}

/** Builds the verifier from the bytes of the module; rejects when they are not that module. */
export async function createWasmVerifier(bytes: BufferSource): Promise<SignatureVerifier> {
  const module = await instantiate(bytes);
  const heap = new Uint8Array(module.memory.buffer);
  const context = module.createContext(CONTEXT_VERIFY);
  const signature = module.allocate(SIGNATURE_BYTES);
  const id = module.allocate(ID_BYTES);
  const findKey = createKeyCache(module, heap, context);

  const verifier: SignatureVerifier = (signatureHex, idHex, publicKeyHex) => {
    const key = findKey(publicKeyHex);
    if (key === null) return false;
    writeHex(heap, signature, signatureHex);
    writeHex(heap, id, idHex);
    return module.verify(context, signature, id, ID_BYTES, key) === 1;
  };

  const { signatureHex, idHex, publicKeyHex } = SELF_TEST;
  const isRight =
    verifier(signatureHex, idHex, publicKeyHex) &&
    !verifier(signatureHex.replace('6', '7'), idHex, publicKeyHex);
  if (!isRight) throw new Error('the module fails the test vector of BIP-340');
  return verifier;
}

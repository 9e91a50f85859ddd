/** BIP-340 signatures made by libsecp256k1; the secret leaves its memory with every signature. */
import { bytesToHex, hexToBytes, randomBytes } from '@noble/hashes/utils.js';
import type { IdSigner } from '../../signer/signatures.ts';
import { instantiate } from './wasm-module.ts';

/** SECP256K1_CONTEXT_SIGN. */
const CONTEXT_SIGN = 513;
const SIGNATURE_BYTES = 64;
const KEY_PAIR_BYTES = 96;

/** BIP-340's test vector 1: key, auxiliary bytes, message and what must come out. */
const SELF_TEST = {
  secretHex: 'b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfef',
  randomHex: '0000000000000000000000000000000000000000000000000000000000000001',
  idHex: '243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89',
  signatureHex:
    '6896bd60eeae296db48a229ff71dfe071bde413e6d43f917dc8dcf8c78de3341' +
    '8906d11ac976abccb20b091292bff4ea897efcb639ea871cfa95f6de339e4b0a',
};

/** Builds the signer from the bytes of the module; rejects when they are not that module. */
export async function createWasmSigner(bytes: BufferSource): Promise<IdSigner> {
  const module = await instantiate(bytes);
  const heap = new Uint8Array(module.memory.buffer);
  const context = module.createContext(CONTEXT_SIGN);
  const [id, secret, random] = [module.allocate(32), module.allocate(32), module.allocate(32)];
  const signature = module.allocate(SIGNATURE_BYTES);
  const keyPair = module.allocate(KEY_PAIR_BYTES);

  const sign = (message: Uint8Array, secretKey: Uint8Array, auxiliary: Uint8Array): Uint8Array => {
    heap.set(message, id);
    heap.set(secretKey, secret);
    heap.set(auxiliary, random);
    const isSigned =
      module.createKeyPair(context, keyPair, secret) === 1 &&
      module.sign(context, signature, id, keyPair, random) === 1;
    heap.fill(0, secret, secret + 32);
    heap.fill(0, random, random + 32);
    heap.fill(0, keyPair, keyPair + KEY_PAIR_BYTES);
    if (!isSigned) throw new Error('this key cannot sign');
    return heap.slice(signature, signature + SIGNATURE_BYTES);
  };

  const { idHex, secretHex, randomHex, signatureHex } = SELF_TEST;
  const made = sign(hexToBytes(idHex), hexToBytes(secretHex), hexToBytes(randomHex));
  if (bytesToHex(made) !== signatureHex) {
    throw new Error('the module fails the test vector of BIP-340');
  }
  return (message, secretKey) => {
    if (message.length !== 32 || secretKey.length !== 32) throw new Error('not 32 bytes');
    return sign(message, secretKey, randomBytes(32));
  };
}

/**
 * libsecp256k1, compiled to WebAssembly in the package nostr-wasm. Its JavaScript offers whole
 * events only and hashes them again, so the compiled module is used directly. Runs in Node, in
 * pages and in workers; under CSP it needs 'wasm-unsafe-eval'.
 */

/** The functions of the module that are used, by the short names it was built with (0.1.0). */
export interface Secp256k1 {
  readonly memory: WebAssembly.Memory;
  readonly allocate: (byteCount: number) => number;
  readonly createContext: (flags: number) => number;
  readonly parsePublicKey: (context: number, key: number, input32: number) => number;
  readonly createKeyPair: (context: number, keyPair: number, secret32: number) => number;
  readonly sign: (
    context: number,
    signature64: number,
    message32: number,
    keyPair: number,
    random32: number,
  ) => number;
  readonly verify: (
    context: number,
    signature64: number,
    message: number,
    messageLength: number,
    key: number,
  ) => number;
}

function fail(): never {
  throw new Error('libsecp256k1 stopped in WebAssembly');
}

/** A module of its own, with its own memory; rejects when the bytes are not that module. */
export async function instantiate(bytes: BufferSource): Promise<Secp256k1> {
  let memory: WebAssembly.Memory | null = null;
  const copy = (to: number, from: number, length: number): void => {
    if (memory !== null) new Uint8Array(memory.buffer).copyWithin(to, from, from + length);
  };
  // abort, write, seek, grow, close and memcpy; only the last is ever called by good input.
  const imports = { a: { a: fail, b: fail, c: fail, d: fail, e: fail, f: copy } };
  const { instance } = await WebAssembly.instantiate(bytes, imports);
  const { g, h, i, o, p, r, t, u } = instance.exports;
  if (!(g instanceof WebAssembly.Memory)) throw new Error('the module has no memory');
  memory = g;
  (h as () => void)();
  return {
    memory: g,
    allocate: i as Secp256k1['allocate'],
    createContext: o as Secp256k1['createContext'],
    parsePublicKey: p as Secp256k1['parsePublicKey'],
    createKeyPair: r as Secp256k1['createKeyPair'],
    sign: t as Secp256k1['sign'],
    verify: u as Secp256k1['verify'],
  };
}

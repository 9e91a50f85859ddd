/**
 * Where the compiled libsecp256k1 comes from: a file in Node, an asset of the build elsewhere.
 */
import type { SignatureVerifier } from '@realyield/protocol';
import type { Signatures } from '../../signer/signatures.ts';
import { createWasmSigner } from './wasm-signer.ts';
import { createWasmVerifier } from './wasm-verifier.ts';

// Bundlers recognise this form and ship the file with the build; in Node it is the file itself.
// The package names no entry for it, so it is reached by its path.
const moduleUrl = new URL(
  '../../../../node_modules/nostr-wasm/public/out/secp256k1.wasm',
  import.meta.url,
);

async function readModule(): Promise<BufferSource> {
  if (moduleUrl.protocol === 'file:') {
    // Not an import: a bundler for browsers would stumble over node:fs.
    const { readFile } = process.getBuiltinModule('node:fs/promises');
    return new Uint8Array(await readFile(moduleUrl));
  }
  const response = await fetch(moduleUrl);
  if (!response.ok) throw new Error(`the verifier's module is missing (${response.status})`);
  return response.arrayBuffer();
}

let loading: Promise<SignatureVerifier> | null = null;

/**
 * The WebAssembly verifier, loaded once per thread. Rejects where WebAssembly is forbidden or its
 * file cannot be had; callers then use `nobleVerifier`, which gives the same answers.
 */
export function loadWasmVerifier(): Promise<SignatureVerifier> {
  loading ??= readModule()
    .then(createWasmVerifier)
    .catch((error: unknown) => {
      // A failed download may succeed later.
      loading = null;
      throw error;
    });
  return loading;
}

/** Both halves, for a process that signs much; rejects as the verifier does. */
export async function loadWasmSignatures(): Promise<Signatures> {
  const [verify, sign] = await Promise.all([
    loadWasmVerifier(),
    readModule().then(createWasmSigner),
  ]);
  return { verify, sign };
}

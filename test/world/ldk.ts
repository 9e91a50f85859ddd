/**
 * LDK, the Lightning implementation of the local world, compiled to WebAssembly and loaded once
 * per process. What bites, and is heeded wherever it is used: an object made by `new_impl` must
 * stay referenced as long as LDK may call it; LDK must never be entered from its own callbacks;
 * its clock is the header of the last block; a panic leaves the whole instance unusable, so
 * exceptions out of LDK are not caught.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initializeWasmFromBinary, Option_u32Z_Some, type Option_u32Z } from 'lightningdevkit';

let loading: Promise<void> | null = null;

async function load(): Promise<void> {
  const require = createRequire(import.meta.url);
  const path = require.resolve('lightningdevkit/liblightningjs.wasm');
  await initializeWasmFromBinary(await readFile(path));
}

/** Loads LDK; resolves at once when it is there already. */
export function loadLdk(): Promise<void> {
  loading ??= load();
  return loading;
}

/** The number in an LDK option, or undefined. */
export function numberOf(option: Option_u32Z): number | undefined {
  return option instanceof Option_u32Z_Some ? option.some : undefined;
}

/** Lower-case hex of bytes. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Bytes of a hex string. */
export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

/**
 * Transactions of strangers, read and never run. Spec: specs/bonds.md, "Chain"; BIP-144.
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { Transaction } from '@scure/btc-signer';
import { ok, reject, type Result } from '../result.ts';

/** One output of a transaction. */
export interface ChainOutput {
  /** Satoshis. */
  readonly valueSat: bigint;
  /** Hex. */
  readonly scriptPubKey: string;
}

/** One transaction of the chain. */
export interface ChainTransaction {
  /** As shown to people: the hash, its bytes turned round, hex. */
  readonly txid: string;
  /** Bytes without witnesses: what the txid is the hash of. */
  readonly strippedBytes: number;
  /** The outputs it spends. */
  readonly spends: readonly Outpoint[];
  readonly outputs: readonly ChainOutput[];
}

/** An output by its transaction and place in it. */
export interface Outpoint {
  readonly txid: string;
  readonly vout: number;
}

/** The most a block may weigh, and so a transaction: four million bytes cannot be exceeded. */
const MAX_TRANSACTION_HEX = 8_000_000;

/** Any transaction of a known version can be read: what it pays to is not judged here. */
const ANY = {
  allowUnknownInputs: true,
  allowUnknownOutputs: true,
  disableScriptCheck: true,
} as const;

const EMPTY = new Uint8Array();

/** Reads a raw transaction from hex; refuses what is none, or does not end where it should. */
export function readTransaction(hex: string): Result<ChainTransaction> {
  if (hex.length > MAX_TRANSACTION_HEX || !/^([0-9a-f]{2})+$/.test(hex)) {
    return reject('CHAIN_TRANSACTION');
  }
  try {
    const transaction = Transaction.fromRaw(hexToBytes(hex), ANY);
    const inputs = Array.from({ length: transaction.inputsLength }, (_, at) =>
      transaction.getInput(at),
    );
    const outputs = Array.from({ length: transaction.outputsLength }, (_, at) =>
      transaction.getOutput(at),
    );
    return ok({
      txid: transaction.id,
      strippedBytes: transaction.toBytes(true, false).length,
      spends: inputs.map(({ txid = EMPTY, index = 0 }) => ({
        txid: bytesToHex(txid),
        vout: index,
      })),
      outputs: outputs.map(({ amount = 0n, script = EMPTY }) => ({
        valueSat: amount,
        scriptPubKey: bytesToHex(script),
      })),
    });
  } catch {
    return reject('CHAIN_TRANSACTION');
  }
}

/** A Bitcoin key held here: it signs messages and payouts, and shows its secret to nobody. */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import {
  signMessage,
  signSpending,
  type FundedBond,
  type Result,
  type SpendingPlan,
} from '@realyield/protocol';

/** What can be done with it. */
export interface BitcoinKey {
  /** 33 bytes compressed, hex. */
  readonly publicKey: string;
  /** Base64, as wallets sign messages. */
  signMessage(message: string): string;
  /** Signs a spending that is the plan's and nothing else. */
  signSpending(psbtBase64: string, bond: FundedBond, plan: SpendingPlan): Result<string>;
}

/** The key of a secret of 32 bytes, hex. */
export function bitcoinKeyOf(secretHex: string): BitcoinKey {
  return {
    publicKey: bytesToHex(secp256k1.getPublicKey(hexToBytes(secretHex), true)),
    signMessage: (message) => signMessage(message, secretHex),
    signSpending: (psbt, bond, plan) => signSpending(psbt, bond, plan, secretHex),
  };
}

/**
 * The scripts a bank's bitcoin lie under while they stand for its word. Spec: specs/bonds.md,
 * "Scripts"; BIP-46 (time-locked), BIP-141 (P2WSH), BIP-380 and BIP-382 (descriptors).
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { NETWORK, Script, TEST_NETWORK, p2wsh, type ScriptType } from '@scure/btc-signer';
import {
  KEY_HOLDER_ROLES,
  type BitcoinNetwork,
  type BondScript,
  type CollateralScript,
} from './bond.ts';
import { descriptorChecksum } from './descriptor.ts';

/** The witness script; of a checked bond. */
export function witnessScriptOf(script: BondScript): Uint8Array {
  const { lockTimeSec } = script;
  const bankKey = hexToBytes(script.bankKey);
  if (script.kind === 'timeLocked') {
    return Script.encode([lockTimeSec, 'CHECKLOCKTIMEVERIFY', 'DROP', bankKey, 'CHECKSIG']);
  }
  const holders = KEY_HOLDER_ROLES.map((role) => hexToBytes(script.holderKeys[role]));
  const twoOfThree: ScriptType = [2, ...holders, 3, 'CHECKMULTISIG'];
  const bankLater: ScriptType = [bankKey, 'CHECKSIGVERIFY', lockTimeSec, 'CHECKLOCKTIMEVERIFY'];
  return Script.encode([...twoOfThree, 'IFDUP', 'NOTIF', ...bankLater, 'ENDIF']);
}

/** Where a bond's bitcoin lie. */
export interface BondPlace {
  /** BIP-173 address on the network. */
  readonly address: string;
  /** The output's script, hex: 0020 and the SHA-256 of the witness script. */
  readonly scriptPubKey: string;
  /** The witness script, hex. */
  readonly witnessScript: string;
}

/** The prefix of addresses on regtest differs from that of the two test networks. */
const REGTEST = { ...TEST_NETWORK, bech32: 'bcrt' };

const ADDRESSES = {
  mainnet: NETWORK,
  testnet: TEST_NETWORK,
  signet: TEST_NETWORK,
  regtest: REGTEST,
};

/** Address prefixes and versions of a network, as the transaction library takes them. */
export function addressesOf(network: BitcoinNetwork): typeof NETWORK {
  return ADDRESSES[network];
}

/** Where a checked bond's bitcoin lie on a network. */
export function placeOf(script: BondScript, network: BitcoinNetwork): BondPlace {
  const witnessScript = witnessScriptOf(script);
  const output = p2wsh({ type: 'unknown', script: witnessScript }, addressesOf(network));
  return {
    address: output.address,
    scriptPubKey: bytesToHex(output.script),
    witnessScript: bytesToHex(witnessScript),
  };
}

/**
 * The output descriptor of a collateral bond with its checksum (BIP-380), for wallets that take
 * miniscript. A time-locked one has none: its script, older than miniscript, is no miniscript.
 */
export function descriptorOf({ bankKey, holderKeys, lockTimeSec }: CollateralScript): string {
  const holders = KEY_HOLDER_ROLES.map((role) => holderKeys[role]).join(',');
  const text = `wsh(or_d(multi(2,${holders}),and_v(v:pk(${bankKey}),after(${lockTimeSec}))))`;
  return `${text}#${descriptorChecksum(text)}`;
}

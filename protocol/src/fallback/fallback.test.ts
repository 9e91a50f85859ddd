/**
 * Addresses and transactions, beside a wallet's library; terms that name an address.
 * requires: TE-14, TE-24
 */
import { hexToBytes, bytesToHex } from '@noble/hashes/utils.js';
import { Address, NETWORK, OutScript, Transaction } from '@scure/btc-signer';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressesOf } from '../bonds/script.ts';
import type { BitcoinNetwork } from '../bonds/bond.ts';
import { fallbackAddressOf } from '../contract/chain-receipts.ts';
import { contractSchema } from '../kinds/agreement.ts';
import { offerSchema } from '../kinds/listings.ts';
import { readDocument } from '../schema.ts';
import { addressFor, payingTransaction } from '../testing/fallback.ts';
import { Loan, offerDocument, sparedSigning } from '../testing/loan.ts';
import { contractContradiction } from '../terms.ts';
import { scriptOfAddress } from './address.ts';
import { readRawTransaction } from './raw-transaction.ts';

const NETWORKS = ['mainnet', 'testnet', 'signet', 'regtest'] as const;

/** What the wallets' library makes of an address. */
function libraryScript(address: string, network: BitcoinNetwork): string | undefined {
  try {
    const of = addressesOf(network);
    return bytesToHex(OutScript.encode(Address(of).decode(address)));
  } catch {
    return undefined;
  }
}

const hash = fc.uint8Array({ minLength: 20, maxLength: 20 });
const wide = fc.uint8Array({ minLength: 32, maxLength: 32 });
/** Any of the five forms, of any network. */
const anyAddress = fc
  .tuple(fc.constantFrom(...NETWORKS), fc.constantFrom('pkh', 'sh', 'wpkh', 'wsh'), hash, wide)
  .map(([network, type, short, long]) => {
    const script = { type, hash: type === 'wsh' ? long : short } as Parameters<
      ReturnType<typeof Address>['encode']
    >[0];
    return { network, address: Address(addressesOf(network)).encode(script) };
  });

describe('addresses', () => {
  it('are read as the wallets’ library reads them, on each network', () => {
    fc.assert(
      fc.property(anyAddress, fc.constantFrom(...NETWORKS), ({ address }, network) => {
        const read = scriptOfAddress(address, network);
        return (read.ok ? read.value : undefined) === libraryScript(address, network);
      }),
    );
  });

  it('are read in all forms that BIP-350 lists and a wallet pays to', () => {
    const taproot = 'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0';
    const script = '512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
    expect(scriptOfAddress(taproot, 'mainnet')).toEqual({ ok: true, value: script });
    expect(NETWORK.bech32).toBe('bc');
  });

  it.each([
    '',
    'bc1',
    addressFor('x', 'bc').toUpperCase(),
    addressFor('x', 'tb'),
    `${addressFor('x', 'bc').slice(0, -1)}q`,
    // BIP-350: version 0 with the newer checksum, version 1 with the older one, a longer program.
    'bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd',
    'bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4',
    'bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y',
    '1'.repeat(30),
    'x'.repeat(91),
  ])('that are none of the network: %s', (address) => {
    expect(scriptOfAddress(address, 'mainnet')).toMatchObject({ code: 'PAYOUT_ADDRESS' });
  });
});

describe('transactions', () => {
  it('are read as the wallets’ library reads them, with witnesses or without', () => {
    const scripts = fc.array(
      fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.bigInt({ min: 0n, max: 10n ** 12n })),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(scripts, fc.boolean(), (outputs, isSigned) => {
        const paid = outputs.map(([script, valueSat]) => ({
          script: bytesToHex(script),
          valueSat,
        }));
        const plain = payingTransaction(paid);
        const options = { allowUnknownInputs: true, allowUnknownOutputs: true };
        const library = Transaction.fromRaw(hexToBytes(plain), {
          ...options,
          disableScriptCheck: true,
        });
        // BIP-144: one witness of one item stands between the outputs and the lock time.
        const witness = `${plain.slice(0, 8)}0001${plain.slice(8, -8)}0102abcd${plain.slice(-8)}`;
        const read = readRawTransaction(isSigned ? witness : plain);
        if (!read.ok) return false;
        const { txid, plainHex, outputs: found } = read.value;
        return (
          txid === library.id &&
          plainHex === plain &&
          JSON.stringify(found.map(({ scriptPubKey }) => scriptPubKey)) ===
            JSON.stringify(paid.map(({ script }) => script)) &&
          found.every(({ valueSat }, at) => valueSat === paid[at]?.valueSat)
        );
      }),
    );
  });

  it('that are cut short, go on or are no hex are refused, whatever they say', () => {
    const plain = payingTransaction([{ script: '51', valueSat: 5n }]);
    fc.assert(
      fc.property(fc.nat({ max: plain.length - 1 }), fc.string(), (cut, more) => {
        const short = readRawTransaction(plain.slice(0, cut));
        const long = readRawTransaction(`${plain}00${more}`);
        return !short.ok && !long.ok;
      }),
    );
    expect(readRawTransaction('zz')).toMatchObject({ code: 'CHAIN_TRANSACTION' });
    // A count of four thousand million outputs.
    expect(readRawTransaction(plain.replace('ffffffff01', 'fffffffffeffffffff')).ok).toBe(false);
  });
});

describe('terms that name an address', () => {
  const loan = new Loan({ signing: sparedSigning, fallbackAddress: addressFor('investor') });
  const { document } = loan.contract;
  const { parties } = document;
  const named = (fallbackAddress: string) => {
    const investor = { ...parties.investor, fallbackAddress };
    return contractContradiction({ ...document, parties: { ...parties, investor } });
  };

  it('stand with an address of their network', () => {
    expect(parties.investor.fallbackAddress).toBe(addressFor('investor'));
    expect(named(addressFor('other'))).toBeUndefined();
  });

  it('are refused with another network’s', () => {
    const refusal = { code: 'CONTENT_TERMS', detail: 'fallbackAddress' };
    expect(named(addressFor('investor', 'bc'))).toMatchObject(refusal);
  });

  it('are no offer’s, and no other party’s: it would stand in several contracts', () => {
    const fallbackAddress = addressFor('bank');
    const offered = { ...offerDocument({}), fallbackAddress };
    expect(readDocument(offerSchema, offered).ok).toBe(false);
    expect(readDocument(offerSchema, offerDocument({})).ok).toBe(true);
    for (const role of ['bank', 'business'] as const) {
      const party = { ...parties[role], fallbackAddress };
      const terms = { ...document, parties: { ...parties, [role]: party } };
      expect(readDocument(contractSchema, terms).ok).toBe(false);
    }
    expect(fallbackAddressOf(document, 'repayment')).toBe(addressFor('investor'));
    expect(fallbackAddressOf(document, 'servicing')).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { base64, hex } from '@scure/base';
import { SigHash, Transaction } from '@scure/btc-signer';
import type { Result } from '../result.ts';
import type { CollateralScript } from './bond.ts';
import { placeOf } from './script.ts';
import { checkSpending, finaliseSpending, signSpending, signersOf } from './signing.ts';
import {
  buildSpending,
  spendingVirtualBytes,
  type FundedBond,
  type SpendingPlan,
} from './spend.ts';
import { readTransaction } from './transaction.ts';

const secretOf = (fill: number): string => hex.encode(new Uint8Array(32).fill(fill));
const keyOf = (fill: number): string =>
  hex.encode(secp256k1.getPublicKey(new Uint8Array(32).fill(fill), true));

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.code} ${result.detail ?? ''}`);
  return result.value;
}

const script: CollateralScript = {
  kind: 'collateral',
  bankKey: keyOf(4),
  lockTimeSec: 1_893_456_000,
  holderKeys: { arbiter: keyOf(1), fallbackArbiter: keyOf(2), trustee: keyOf(3) },
};

const bond: FundedBond = {
  network: 'regtest',
  script,
  outpoint: { txid: 'ab'.repeat(32), vout: 1 },
  valueSat: 1_000_000n,
};

const addressOf = (fill: number): string =>
  placeOf({ kind: 'timeLocked', bankKey: keyOf(fill), lockTimeSec: 1_577_836_800 }, 'regtest')
    .address;

const plan: SpendingPlan = {
  path: 'holders',
  outputs: [
    { address: addressOf(10), valueSat: 300_000n },
    { address: addressOf(11), valueSat: 200_000n },
  ],
  feeSat: 1_000n,
};

const unsigned = must(buildSpending(bond, plan));

/** The same spending with something else in it. */
function changed(change: (transaction: Transaction) => void): string {
  const transaction = Transaction.fromPSBT(base64.decode(unsigned), { allowUnknownInputs: true });
  change(transaction);
  return base64.encode(transaction.toPSBT());
}

describe('a payout', () => {
  it('is paid by any two of the three, whoever puts it together and in whatever order', () => {
    const [one, two, three] = [1, 2, 3].map((fill) =>
      must(signSpending(unsigned, bond, plan, secretOf(fill))),
    ) as [string, string, string];
    const final = must(finaliseSpending([three, one], bond, plan));
    expect(finaliseSpending([one, three], bond, plan)).toEqual({ ok: true, value: final });
    expect(must(finaliseSpending([two, three, one], bond, plan))).toBe(
      must(finaliseSpending([one, two], bond, plan)),
    );
    expect(signersOf(three, bond, plan)).toEqual({ ok: true, value: [keyOf(3)] });
    const { outputs } = must(readTransaction(final));
    expect(outputs.map(({ valueSat }) => valueSat)).toEqual([300_000n, 200_000n, 499_000n]);
    expect(outputs[2]?.scriptPubKey).toBe(placeOf(script, 'regtest').scriptPubKey);
  });

  it('gives what would be dust to the miners', () => {
    const all = { ...plan, outputs: [{ address: addressOf(10), valueSat: 998_800n }] };
    const psbt = must(buildSpending(bond, all));
    const signed = [1, 2].map((fill) => must(signSpending(psbt, bond, all, secretOf(fill))));
    expect(must(readTransaction(must(finaliseSpending(signed, bond, all)))).outputs).toHaveLength(
      1,
    );
  });

  it('is not signed by anybody who has no part in it', () => {
    for (const fill of [4, 5]) {
      expect(signSpending(unsigned, bond, plan, secretOf(fill))).toMatchObject({
        code: 'PAYOUT_SIGNER',
      });
    }
  });

  it('is not final with one signature, twice the same, or one that is not valid', () => {
    const one = must(signSpending(unsigned, bond, plan, secretOf(1)));
    const forged = changed((transaction) => {
      const [signature] =
        Transaction.fromPSBT(base64.decode(one), {
          allowUnknownInputs: true,
        }).getInput(0).partialSig ?? [];
      if (signature) {
        transaction.updateInput(0, { partialSig: [[hex.decode(keyOf(2)), signature[1]]] }, true);
      }
    });
    for (const psbts of [[], [one], [one, one], [one, forged]]) {
      expect(finaliseSpending(psbts, bond, plan)).toMatchObject({ code: 'PAYOUT_SIGNATURES' });
    }
  });
});

describe('what is signed is what was agreed', () => {
  const attacks: [string, (transaction: Transaction) => void][] = [
    [
      'a satoshi more',
      (each) => {
        each.updateOutput(0, { amount: 300_001n }, true);
      },
    ],
    [
      'a satoshi less fee',
      (each) => {
        each.updateOutput(2, { amount: 499_001n }, true);
      },
    ],
    [
      'another recipient',
      (each) => {
        each.updateOutput(1, { script: each.getOutput(0).script ?? new Uint8Array() }, true);
      },
    ],
    [
      'change elsewhere',
      (each) => {
        each.updateOutput(2, { script: each.getOutput(0).script ?? new Uint8Array() }, true);
      },
    ],
    [
      'one output more',
      (each) => {
        each.addOutputAddress(addressOf(12), 330n, {
          bech32: 'bcrt',
          pubKeyHash: 0x6f,
          scriptHash: 0xc4,
          wif: 0xef,
        });
      },
    ],
    [
      'one input more',
      (each) => {
        each.addInput({ txid: 'cd'.repeat(32), index: 0 });
      },
    ],
    [
      'another sequence',
      (each) => {
        each.updateInput(0, { sequence: 0xffff_ffff }, true);
      },
    ],
    [
      'another value of the bond',
      (each) => {
        each.updateInput(
          0,
          {
            witnessUtxo: {
              script: hex.decode(placeOf(script, 'regtest').scriptPubKey),
              amount: 2_000_000n,
            },
          },
          true,
        );
      },
    ],
    [
      'signatures that bind no output',
      (each) => {
        each.updateInput(0, { sighashType: SigHash.NONE }, true);
      },
    ],
  ];

  it.each(attacks)('not with %s', (_, change) => {
    const psbt = changed(change);
    expect(checkSpending(psbt, bond, plan)).toMatchObject({ ok: false, code: 'PAYOUT_MISMATCH' });
    expect(signSpending(psbt, bond, plan, secretOf(1)).ok).toBe(false);
    expect(finaliseSpending([psbt], bond, plan).ok).toBe(false);
  });

  it.each(['', 'cHNidP8=', '!', 'A'.repeat(1_000_004)])('not what is no PSBT', (psbt) => {
    expect(checkSpending(psbt, bond, plan)).toMatchObject({ code: 'PAYOUT_PSBT' });
  });
});

describe('a plan', () => {
  const [output] = plan.outputs as [SpendingPlan['outputs'][0]];
  const mainnet = 'bc1qhhhf29f4nlyalyfrrpfrknxj9uwqk4qsyvkujsa7w0ulfur78xkspsqn84';
  it.each([
    ['PAYOUT_AMOUNT', { ...plan, outputs: [] }],
    ['PAYOUT_AMOUNT', { ...plan, outputs: [{ ...output, valueSat: 999_001n }] }],
    ['PAYOUT_AMOUNT', { ...plan, outputs: [{ ...output, valueSat: 329n }] }],
    ['PAYOUT_AMOUNT', { ...plan, feeSat: -1n }],
    ['PAYOUT_AMOUNT', { ...plan, outputs: new Array(1_001).fill(output) as (typeof output)[] }],
    ['PAYOUT_ADDRESS', { ...plan, outputs: [{ ...output, address: mainnet }] }],
    ['PAYOUT_ADDRESS', { ...plan, outputs: [{ ...output, address: 'bcrt1qqqq' }] }],
  ])('is refused as %s', (code, wrong) => {
    expect(buildSpending(bond, wrong)).toMatchObject({ ok: false, code });
  });

  it('never lets the holders take a time-locked bond', () => {
    const timeLocked = {
      kind: 'timeLocked',
      bankKey: keyOf(4),
      lockTimeSec: 1_893_456_000,
    } as const;
    expect(buildSpending({ ...bond, script: timeLocked }, plan)).toMatchObject({
      code: 'BOND_SCRIPT',
    });
  });

  it('knows its size before it is signed', () => {
    const addresses = plan.outputs.map(({ address }) => address);
    expect(spendingVirtualBytes(bond, 'holders', addresses)).toBeGreaterThan(
      spendingVirtualBytes(bond, 'bank', addresses),
    );
  });
});

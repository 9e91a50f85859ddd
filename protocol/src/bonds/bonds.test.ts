import { describe, expect, it } from 'vitest';
import { hex } from '@scure/base';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { certificateMessage } from './certificate.ts';
import { descriptorChecksum } from './descriptor.ts';
import { messageSigner, signMessage } from './message.ts';
import { checkBondScript, isBip46Time } from './bond.ts';
import { descriptorOf, placeOf } from './script.ts';
import { bondValue } from './value.ts';

/** BIP-46, "Test vectors": key, lock time, witness script, output script, address. */
const BIP46 = [
  {
    bankKey: '02a1b09f93073c63f205086440898141c0c3c6d24f69a18db608224bcf143fa011',
    lockTimeSec: 1_577_836_800,
    witnessScript:
      '0400e10b5eb1752102a1b09f93073c63f205086440898141c0c3c6d24f69a18db608224bcf143fa011ac',
    scriptPubKey: '0020bdee9515359fc9df912318523b4cd22f1c0b5410232dc943be73f9f4f07e39ad',
    address: 'bc1qhhhf29f4nlyalyfrrpfrknxj9uwqk4qsyvkujsa7w0ulfur78xkspsqn84',
  },
  {
    bankKey: '02599f6db8b33265a44200fef0be79c927398ed0b46c6a82fa6ddaa5be2714002d',
    lockTimeSec: 1_580_515_200,
    witnessScript:
      '0480bf345eb1752102599f6db8b33265a44200fef0be79c927398ed0b46c6a82fa6ddaa5be2714002dac',
    scriptPubKey: '0020b8f898643991608524ed04e0c6779f632a57f1ffa3a3a306cd81432c5533e9ae',
    address: 'bc1qhrufsepej9sg2f8dqnsvvaulvv490u0l5w36xpkds9pjc4fnaxhq7pcm4h',
  },
  {
    bankKey: '03ec8067418537bbb52d5d3e64e2868e67635c33cfeadeb9a46199f89ebfaab226',
    lockTimeSec: 2_208_988_800,
    witnessScript:
      '05807eaa8300b1752103ec8067418537bbb52d5d3e64e2868e67635c33cfeadeb9a46199f89ebfaab226ac',
    scriptPubKey: '0020e7de0ad2720ae1d6cc9b6ad91af57eb74646762cf594c91c18f6d5e7a873635a',
    address: 'bc1qul0q45njptsadnymdtv34at7karyva3v7k2vj8qc7m2702rnvddq0z20u5',
  },
  {
    bankKey: '0308c5751121b1ae5c973cdc7071312f6fc10ab864262f0cbd8134f056166e50f3',
    lockTimeSec: 4_099_766_400,
    witnessScript:
      '0580785df400b175210308c5751121b1ae5c973cdc7071312f6fc10ab864262f0cbd8134f056166e50f3ac',
    scriptPubKey: '0020803268e042008737cf439748cbb5a4449e311da9aa64ae3ac56d84d059654f85',
    address: 'bc1qsqex3czzqzrn0n6rjayvhddygj0rz8df4fj2uwk9dkzdqkt9f7zs5c493u',
  },
];

const keyOf = (fill: number): string =>
  hex.encode(secp256k1.getPublicKey(new Uint8Array(32).fill(fill), true));

const collateral = {
  kind: 'collateral',
  bankKey: keyOf(4),
  lockTimeSec: 1_893_456_000,
  holderKeys: { arbiter: keyOf(1), fallbackArbiter: keyOf(2), trustee: keyOf(3) },
} as const;

describe('a time-locked bond', () => {
  it.each(BIP46)('is what BIP-46 says, locked until $lockTimeSec', (vector) => {
    const { bankKey, lockTimeSec, ...place } = vector;
    const script = { kind: 'timeLocked', bankKey, lockTimeSec } as const;
    expect(checkBondScript(script).ok).toBe(true);
    expect(placeOf(script, 'mainnet')).toEqual(place);
  });

  it.each([
    [1_577_836_800, true],
    [1_577_836_801, false],
    [1_577_836_800 - 31 * 86_400, false],
    [1_577_836_800 + 86_400, false],
    [4_099_766_400, true],
    [4_099_766_400 + 31 * 86_400, false],
  ])('ends when BIP-46 can find it again: %i %s', (timeSec, is) => {
    expect(isBip46Time(timeSec)).toBe(is);
  });
});

describe('a collateral bond', () => {
  it('is two of three, or the bank after its time', () => {
    const { witnessScript, address } = placeOf(collateral, 'regtest');
    const push = (key: string): string => `21${key}`;
    const { arbiter, fallbackArbiter, trustee } = collateral.holderKeys;
    const multisig = `52${[arbiter, fallbackArbiter, trustee].map(push).join('')}53ae`;
    expect(witnessScript).toBe(`${multisig}7364${push(collateral.bankKey)}ad0480d8db70b168`);
    expect(address.slice(0, 6)).toBe('bcrt1q');
  });

  it('has a descriptor with the checksum of BIP-380', () => {
    expect(descriptorChecksum('raw(deadbeef)')).toBe('89f8spxm');
    expect(descriptorOf(collateral)).toMatch(
      /^wsh\(or_d\(multi\(2,.*,after\(1893456000\)\)\)\)#\w{8}$/,
    );
  });

  it.each([
    ['a height', { ...collateral, lockTimeSec: 800_000 }],
    ['more than 32 bits', { ...collateral, lockTimeSec: 2 ** 32 }],
    ['one key twice', { ...collateral, bankKey: keyOf(1) }],
    ['a key that is none', { ...collateral, bankKey: `02${'f'.repeat(64)}` }],
    ['a key in capitals', { ...collateral, bankKey: keyOf(4).toUpperCase() }],
  ])('is refused with %s', (_, script) => {
    expect(checkBondScript(script)).toMatchObject({ ok: false, code: 'BOND_SCRIPT' });
  });
});

describe('a signed message', () => {
  const message = certificateMessage(`${'0'.repeat(63)}1`, 375);

  it('is by the key of BIP-46’s certificate', () => {
    const signature =
      'H2b/90XcKnIU/D1nSCPhk8OcxrHebMCr4Ok2d2yDnbKDTSThNsNKA64CT4v2kt+xA1JmGRG/dMnUUH1kKqCVSHo=';
    expect(messageSigner(message, signature)).toBe(BIP46[0]?.bankKey);
    expect(messageSigner(`${message} `, signature)).not.toBe(BIP46[0]?.bankKey);
  });

  it('is read back, whatever kind of address its header speaks of', () => {
    const signature = hex.encode(
      Uint8Array.from(Buffer.from(signMessage(message, '07'.repeat(32)), 'base64')),
    );
    const segwit = Buffer.from(signature, 'hex');
    segwit[0] = (segwit[0] ?? 0) + 8;
    expect(messageSigner(message, segwit.toString('base64'))).toBe(keyOf(7));
  });

  it.each(['', 'H2b/', 'A'.repeat(87) + '=', '/'.repeat(87) + '=', 'H' + 'A'.repeat(86) + '='])(
    'is by nobody: %s',
    (signature) => {
      expect(messageSigner(message, signature)).toBeUndefined();
    },
  );
});

describe('the value of a lock', () => {
  const locked = {
    valueSat: 100_000_000n,
    confirmedAtSec: 1_577_836_800,
    lockTimeSec: 1_609_459_200,
  };

  it('is the interest forgone to the power 1.3', () => {
    const years = (1_609_459_200 - 1_577_836_800) / 31_556_952;
    const interest = 100_000_000 * (Math.exp(0.015 * years) - 1);
    expect(bondValue(locked, 1_600_000_000)).toBeCloseTo(interest ** 1.3, 4);
  });

  it('wanes after its end and is nothing a term later', () => {
    const atEnd = bondValue(locked, locked.lockTimeSec);
    expect(bondValue(locked, locked.lockTimeSec + 8_000_000)).toBeLessThan(atEnd);
    expect(bondValue(locked, locked.lockTimeSec + 32_000_000)).toBe(0);
    expect(bondValue({ ...locked, lockTimeSec: locked.confirmedAtSec }, 0)).toBe(0);
  });
});

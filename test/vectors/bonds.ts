/** Vectors of bonds, what the chain proves of them, and their payouts: folder `bonds`. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { buildSpending, placeOf, signSpending, type SpendingPlan } from '@realyield/protocol';
import {
  bitcoinKey,
  bitcoinSecret,
  bondKeyEvent,
  COLLATERAL,
  holder,
  LOCKED_UNTIL,
  pledgeEvent,
  pledgeOf,
} from '../fixtures/bonds.ts';
import { headerOver, transactionOf, twice } from '../fixtures/blocks.ts';
import { hashOf } from '../fixtures/loan.ts';
import type { ChainVector, PayoutVector, PlaceVector } from './bond-shapes.ts';
import { pinnedCases } from './pinned.ts';
import { finish, type Cases, type Vector } from './vector.ts';

const TIME_LOCKED = {
  kind: 'timeLocked',
  bankKey: bitcoinKey('bank'),
  lockTimeSec: LOCKED_UNTIL,
} as const;

function readCases(): Cases {
  const read = (name: string, requires: string[], event: unknown, codes: string[] = []): Vector =>
    finish(codes, { name, requires, event });
  const certified = pledgeOf().certificate;
  const { holders } = pledgeOf();
  const [one, two] = [
    { offer: 'bakery-oven', valueSat: '600000' },
    { offer: 'mill', valueSat: '400001' },
  ];
  const swapped = holders && { ...holders, arbiter: holders.trustee, trustee: holders.arbiter };
  const refused = (name: string, id: string, code: string, changes: object): Vector =>
    read(name, [id], pledgeEvent(changes), [code]);
  return {
    key: read('A key holder’s key', ['BD-3'], bondKeyEvent('trustee')),
    'key-proof': read(
      'A key proven by another key',
      ['BD-3'],
      bondKeyEvent('trustee', { prover: 'arbiter' }),
      ['BOND_CERTIFICATE'],
    ),
    pledge: read('A pledge of a collateral bond', ['BD-4', 'BD-5', 'BD-6'], pledgeEvent()),
    'pledge-time-locked': read(
      'A pledge of a time-locked bond',
      ['BD-1', 'BD-6'],
      pledgeEvent({ holders: undefined, allocations: [] }),
    ),
    'pledge-holders': refused('Two holders in each other’s place', 'BD-4', 'EMBEDDED_MISMATCH', {
      holders: swapped,
    }),
    'pledge-one-author': refused('One author of two keys', 'BD-4', 'AUTHOR_ROLE', {
      holders: holders && { ...holders, trustee: holder('trustee', { author: 'arbiter' }) },
    }),
    'pledge-bank-holds': refused('The bank as trustee', 'BD-4', 'AUTHOR_ROLE', {
      holders: holders && { ...holders, trustee: holder('trustee', { author: 'bank' }) },
    }),
    'pledge-certificate': refused('A certificate that ends elsewhere', 'BD-5', 'BOND_CERTIFICATE', {
      certificate: { ...certified, endPeriod: 601 },
    }),
    'pledge-bank-key': refused('Another Bitcoin key', 'BD-5', 'BOND_CERTIFICATE', {
      bankKey: bitcoinKey('stranger'),
    }),
    'pledge-key-twice': refused('A holder’s key as the bank’s', 'BD-2', 'BOND_SCRIPT', {
      bankKey: bitcoinKey('arbiter'),
    }),
    'pledge-height': refused('Locked until a height', 'BD-1', 'BOND_SCRIPT', {
      lockTimeSec: 900_000,
    }),
    'pledge-month': refused('A time-locked bond that ends in a month', 'BD-1', 'BOND_SCRIPT', {
      ...{ holders: undefined, allocations: [], lockTimeSec: LOCKED_UNTIL + 86_400 },
    }),
    'pledge-too-much': refused('More allocated than there is', 'BD-6', 'CONTENT_TERMS', {
      allocations: [one, two],
    }),
    'pledge-order': refused('Allocations out of order', 'BD-6', 'CONTENT_TERMS', {
      allocations: [two, { ...one, valueSat: '1' }],
    }),
    'pledge-covers-nothing': refused('A time-locked bond that covers', 'BD-6', 'CONTENT_TERMS', {
      holders: undefined,
    }),
  };
}

function placeCases(): Cases {
  const place = (name: string, of: Omit<PlaceVector, 'name' | 'requires'>): Vector =>
    finish([], { name, requires: ['BD-1'], ...of });
  return {
    'place-time-locked': place('Of BIP-46, on mainnet', {
      script: TIME_LOCKED,
      network: 'mainnet',
    }),
    'place-time-locked-signet': place('Of BIP-46, on signet', {
      ...{ script: TIME_LOCKED, network: 'signet' },
    }),
    'place-time-locked-testnet': place('Of BIP-46, on testnet', {
      ...{ script: TIME_LOCKED, network: 'testnet' },
    }),
    'place-time-locked-regtest': place('Of BIP-46, on regtest', {
      ...{ script: TIME_LOCKED, network: 'regtest' },
    }),
    'place-collateral': place('Two of three', { script: COLLATERAL, network: 'mainnet' }),
    'place-collateral-testnet': place('On testnet', { script: COLLATERAL, network: 'testnet' }),
    'place-collateral-signet': place('On signet', { script: COLLATERAL, network: 'signet' }),
    'place-collateral-regtest': place('On regtest', { script: COLLATERAL, network: 'regtest' }),
  };
}

/** A funding that was never mined, below the two halves of a transaction of 64 bytes. */
function pair(): Partial<ChainVector> {
  const { scriptPubKey } = placeOf(COLLATERAL, 'regtest');
  for (let index = 0; ; index += 1) {
    const transaction = transactionOf('51', scriptPubKey, index.toString(16).padStart(8, '0'));
    const leaf = twice(hexToBytes(transaction));
    // Its hash says that there is one input; what is put beside it, the rest of a transaction.
    if (leaf[4] !== 1) continue;
    const rest = new Uint8Array(32).fill(0x51);
    [rest[9], rest[14], rest[23]] = [0, 1, 4];
    const branch = { position: 0, hashes: [bytesToHex(rest.slice().reverse())] };
    return { transaction, branch, header: headerOver(twice(leaf, rest)) };
  }
}

function chainCases(): Cases {
  const transaction = transactionOf('51', placeOf(COLLATERAL, 'regtest').scriptPubKey);
  const beside = hexToBytes(hashOf('beside'));
  const root = twice(twice(hexToBytes(transaction)), beside);
  const branch = { position: 0, hashes: [bytesToHex(beside.slice().reverse())] };
  const right = { transaction, branch, header: headerOver(root), network: 'regtest' } as const;
  const chain = (name: string, id: string, code: string, of: Partial<ChainVector>): Vector =>
    finish(code === '' ? [] : [code], { name, requires: [id], ...right, ...of });
  const short = transactionOf('5151', '5151');
  const long = new Array<string>(18).fill(hashOf('x'));
  return {
    chain: chain('A transaction in its block', 'BD-10', '', {}),
    'chain-branch': chain('On the other side', 'BD-10', 'CHAIN_BRANCH', {
      branch: { ...branch, position: 1 },
    }),
    'chain-place': chain('No place in such a tree', 'BD-10', 'CHAIN_BRANCH', {
      branch: { ...branch, position: 2 },
    }),
    'chain-depth': chain('More than 17 hashes', 'BD-10', 'CHAIN_BRANCH', {
      branch: { position: 0, hashes: long },
    }),
    'chain-64': chain('A transaction of 64 bytes', 'BD-11', 'CHAIN_TRANSACTION', {
      ...{ transaction: short, branch: { position: 0, hashes: [] } },
      header: headerOver(twice(hexToBytes(short))),
    }),
    'chain-pair': chain('Two hashes that read as a transaction', 'BD-11', 'CHAIN_BRANCH', pair()),
    'chain-cut': chain('A transaction that ends too early', 'BD-11', 'CHAIN_TRANSACTION', {
      transaction: transaction.slice(0, -2),
    }),
    'chain-target': chain('A hash above the target', 'BD-12', 'CHAIN_BLOCK', {
      header: right.header.replace('ffff7f20', 'ffff001d'),
    }),
    'chain-work': chain('Too little work for mainnet', 'BD-12', 'CHAIN_BLOCK', {
      network: 'mainnet',
    }),
  };
}

const FUNDED = {
  network: 'regtest',
  script: COLLATERAL,
  outpoint: { txid: hashOf('funding'), vout: 1 },
  valueSat: '1000000',
} as const;

const addressOf = (name: string): string =>
  placeOf({ ...TIME_LOCKED, bankKey: bitcoinKey(name) }, 'regtest').address;

const PLAN = {
  path: 'holders',
  feeSat: '1000',
  outputs: [
    { address: addressOf('investor'), valueSat: '300000' },
    { address: addressOf('other investor'), valueSat: '200000' },
  ],
} as const;

function signedBy(names: readonly string[], given: PayoutVector['plan'] = PLAN): string[] {
  const bond = { ...FUNDED, valueSat: BigInt(FUNDED.valueSat) };
  const plan: SpendingPlan = {
    path: given.path,
    feeSat: BigInt(given.feeSat),
    outputs: given.outputs.map(({ address, valueSat }) => ({
      address,
      valueSat: BigInt(valueSat),
    })),
  };
  const psbt = buildSpending(bond, plan);
  if (!psbt.ok) throw new Error(psbt.code);
  return names.map((name) => {
    const signed = signSpending(psbt.value, bond, plan, bitcoinSecret(name));
    if (!signed.ok) throw new Error(signed.code);
    return signed.value;
  });
}

function payoutCases(): Cases {
  const payout = (name: string, id: string, code: string, of: Partial<PayoutVector> = {}): Vector =>
    finish(code === '' ? [] : [code], { name, requires: [id], funded: FUNDED, plan: PLAN, ...of });
  const [first] = PLAN.outputs;
  const changed = (change: object): Partial<PayoutVector> => ({ plan: { ...PLAN, ...change } });
  const bankPlan = { ...PLAN, path: 'bank' } as const;
  return {
    payout: payout('To two investors', 'BD-22', ''),
    'payout-signed': payout('Signed by two of three', 'BD-23', '', {
      psbts: signedBy(['trustee', 'arbiter']),
    }),
    'payout-bank': payout('By the bank after its time', 'BD-22', '', {
      ...{ plan: bankPlan, psbts: signedBy(['bank'], bankPlan) },
    }),
    'payout-dust': payout('What is left is dust', 'BD-22', '', changed({ feeSat: '499671' })),
    'payout-address': payout('To an address of mainnet', 'BD-20', 'PAYOUT_ADDRESS', {
      ...changed({ outputs: [{ ...first, address: placeOf(TIME_LOCKED, 'mainnet').address }] }),
    }),
    'payout-more': payout('A satoshi more than there is', 'BD-21', 'PAYOUT_AMOUNT', {
      ...changed({ feeSat: '500001' }),
    }),
    'payout-small': payout('Too small to be sent', 'BD-21', 'PAYOUT_AMOUNT', {
      ...changed({ outputs: [{ ...first, valueSat: '329' }] }),
    }),
    'payout-changed': payout('Signed with a satoshi less', 'BD-23', 'PAYOUT_MISMATCH', {
      psbts: signedBy(['trustee', 'arbiter'], { ...PLAN, feeSat: '1001' }),
    }),
    'payout-one': payout('Signed by one', 'BD-23', 'PAYOUT_SIGNATURES', {
      psbts: signedBy(['trustee']),
    }),
    'payout-none': payout('No PSBT', 'BD-23', 'PAYOUT_PSBT', { psbts: ['cHNidP8='] }),
  };
}

/** All cases of the folder. */
export function bondCases(): Cases {
  return { ...readCases(), ...placeCases(), ...chainCases(), ...payoutCases(), ...pinnedCases() };
}

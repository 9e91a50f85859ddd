/**
 * A bank's bond from its funding to a ruling paid out of it, on a real chain and real relays: two
 * of three sign what everybody computes; whoever tampers or lies is refused. Spec: specs/bonds.md.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { signSpending, type KeyHolderRole } from '@realyield/protocol';
import { base64 } from '@scure/base';
import { Transaction } from '@scure/btc-signer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EsploraSource } from '../../web/lib/chain/esplora.ts';
import { returnPlan } from '../../web/lib/engine/bonds/office.ts';
import { promisesOf } from '../../web/lib/state/views/promised.ts';
import { bitcoinSecret } from '../fixtures/bonds.ts';
import { publicOf, type Loan } from '../fixtures/loan.ts';
import { must } from '../fixtures/must.ts';
import { addressOf } from '../fixtures/payouts.ts';
import { ALLOCATED_SAT, BondScene, codeOf, VALUE_SAT, type Actor } from './bond-scene.ts';
import { until } from './until.ts';

const AWARD = 300_000_000n;
const PART = 100_000_000n;

let scene: BondScene;
let pledge: string;
let loan: Loan;
let id: string;
let feeSat: bigint;

beforeAll(async () => {
  scene = await BondScene.open();
  pledge = await scene.pledged('unpaid');
  loan = await scene.unpaid('unpaid', pledge);
  id = await scene.ruled(loan, AWARD);
  feeSat = scene.payouts('arbiter').feeSat(scene.place('arbiter', id), 2);
});

afterAll(() => scene.close());

const sign = async (name: Actor, psbt?: string): Promise<string> =>
  codeOf(await scene.payouts(name).sign(id, pledge, feeSat, psbt));
const unsigned = (): string => {
  return must(scene.payouts('trustee').unsigned(scene.place('trustee', id), feeSat));
};

/** Resolves when a holder sees so many signatures. */
const signedAt = (name: Actor, count: number) =>
  until(`${count} signatures at the ${name}’s`, () => {
    return scene.place(name, id).signed.length === count;
  });

/** As a wallet signs it: the file's own transaction, whatever it is. */
function byWallet(psbt: string, role: KeyHolderRole, change?: (tx: Transaction) => void): string {
  const transaction = Transaction.fromPSBT(base64.decode(psbt), { allowUnknownInputs: true });
  change?.(transaction);
  transaction.signIdx(hexToBytes(bitcoinSecret(role)), 0);
  return base64.encode(transaction.toPSBT());
}

it('is signed by the three alone, once the time to pay is over, requires: BD-26', async () => {
  expect(await scene.standing(scene.bond)).toBe('live');
  expect(await sign('arbiter')).toBe('STATE_FORBIDS');
  scene.clock.aheadSec += 61;
  expect(await sign('investor')).toBe('AUTHOR_ROLE');
  // The trustee's key is in a wallet, and not here.
  expect(await sign('trustee')).toBe('PAYOUT_SIGNER');
  expect(codeOf(await scene.payouts('arbiter').sign(id, pledge, 0n))).toBe('PAYOUT_AMOUNT');
});

it('is not signed while an explorer lies or hangs', async () => {
  const honest = scene.sources;
  const [first] = honest;
  const liar = new EsploraSource(scene.explorerUrls[1] ?? '', scene.clock, async (input, init) => {
    const response = await fetch(input, init);
    const isIt = /outspend/.test(input instanceof Request ? input.url : String(input));
    return isIt ? new Response('{"spent":true}') : response;
  });
  const atOnce = (_delayMs: number, callback: () => void) => {
    queueMicrotask(callback);
    return () => undefined;
  };
  const hanging = new EsploraSource(
    'http://127.0.0.1:9',
    { nowSec: () => scene.clock.nowSec(), after: atOnce },
    (_input, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      }),
  );
  for (const other of [liar, hanging]) {
    scene.sources = first ? [first, other] : [];
    expect(await sign('arbiter')).toBe('BOND_UNPROVEN');
  }
  scene.sources = honest;
});

it('is sent by nobody once a part was paid otherwise', async () => {
  expect(await sign('arbiter')).toBe('ok');
  await signedAt('trustee', 1);
  const early = byWallet(unsigned(), 'trustee');
  expect(await sign('trustee', early)).toBe('ok');
  await signedAt('arbiter', 2);
  scene.publish(loan.pay('repayment', [{ n: 0, amountUnits: PART }], scene.clock.nowSec()).receipt);
  for (const catalog of scene.catalogs) {
    await until('the part', () => {
      return catalog.cases.find(id)?.fold.outcome?.outstandingUnits === AWARD - PART;
    });
  }
  expect(codeOf(await scene.payouts('arbiter').send(id, pledge))).toBe('PAYOUT_MISMATCH');
  expect(await sign('trustee', early)).toBe('PAYOUT_MISMATCH');
});

it('is signed to the satoshi and for no other address', async () => {
  const attacks: ((tx: Transaction) => void)[] = [
    (tx) => {
      tx.updateOutput(0, { amount: (AWARD - PART) / 1_000n + 1n }, true);
    },
    (tx) => {
      tx.updateOutput(0, { script: tx.getOutput(1).script ?? new Uint8Array() }, true);
    },
  ];
  for (const change of attacks) {
    const tampered = byWallet(unsigned(), 'trustee', change);
    expect(await sign('trustee', tampered)).toBe('PAYOUT_MISMATCH');
  }
  expect(await sign('trustee', byWallet(unsigned(), 'fallbackArbiter'))).toBe('PAYOUT_SIGNER');
});

it('is sent once, and recorded when it is in a block', async () => {
  const { chain } = scene;
  expect(await sign('trustee', byWallet(unsigned(), 'trustee'))).toBe('ok');
  await signedAt('arbiter', 3);
  expect(codeOf(await scene.payouts('arbiter').send(id, pledge))).toBe('PAYOUT_SIGNATURES');
  expect(await sign('arbiter')).toBe('ok');
  const txid = must(await scene.payouts('arbiter').send(id, pledge));
  await signedAt('trustee', 4);
  const trustee = scene.payouts('trustee');
  // Whoever sends again is told of the same one.
  expect(must(await trustee.send(id, pledge))).toBe(txid);
  const sent = { state: 'sent', txid, depth: 0 };
  expect(await trustee.progress(scene.place('trustee', id))).toMatchObject(sent);
  expect(codeOf(await trustee.record(id, pledge))).toBe('CHAIN_BLOCK');
  await chain.mine();
  expect(codeOf(await scene.payouts('investor').record(id, pledge))).toBe('AUTHOR_ROLE');
  must(await trustee.record(id, pledge));
  await scene.seen(id, 'complied');
  const outcome = scene.reader.cases.find(id)?.fold.outcome;
  const paidSat = (AWARD - PART) / 1_000n;
  expect(outcome?.awards[0]).toMatchObject({ fromBondUnits: AWARD - PART });
  expect(outcome?.payouts).toMatchObject([{ txid, paidSat, feeSat }]);
  // What went back is the bond, and covers what is left.
  const taken = paidSat + feeSat;
  expect(scene.bond.document).toMatchObject({
    outpoint: { txid, vout: 1 },
    valueSat: (VALUE_SAT - taken).toString(),
    allocations: [{ valueSat: (BigInt(ALLOCATED_SAT) - taken).toString() }],
  });
  expect(await scene.standing(scene.bond)).toBe('live');
  expect(await sign('arbiter')).toBe('PAYOUT_AMOUNT');
  // Every client covers by what is left now, and says that no more is promised than there is.
  const leftSat = BigInt(ALLOCATED_SAT) - taken;
  for (const catalog of scene.catalogs) {
    const { pledges } = catalog.listings;
    await until('what is left of the bond', () => {
      return pledges.find(pledge)?.document.valueSat === (VALUE_SAT - taken).toString();
    });
    const names = { catalog, world: undefined, own: new Set<string>() };
    const [left] = pledges.ofBank(publicOf('bank'));
    if (!left) throw new Error('there is no bond');
    const known = { names, nowSec: scene.clock.nowSec() };
    expect(promisesOf(known, left)).toEqual({
      ...{ valueSat: VALUE_SAT - taken, promisedSat: leftSat },
      offers: [{ offer: 'unpaid', promisedSat: leftSat, allocatedSat: leftSat }],
    });
  }
});

it('is taken back by nobody before its time but by two of the three', async () => {
  const office = scene.actor('bank').agreements.bondOffice;
  const [left] = office.pledges();
  const bond = left && office.bondOf(left);
  if (!left || !bond) throw new Error('there is no bond');
  const backTo = (path: 'bank' | 'holders') => returnPlan(bond, addressOf('bank'), 2, path);
  const psbtOf = (path: 'bank' | 'holders') => must(office.returning(bond, backTo(path)));
  const alone = must(signSpending(psbtOf('bank'), bond, backTo('bank'), bitcoinSecret('bank')));
  // What the bank signs alone is whole, and the chain takes it from 2030 on.
  const early = await office.send(bond, backTo('bank'), [alone]);
  expect(early).toMatchObject({ ok: false, code: 'PAYOUT_UNSENT' });
  expect('detail' in early && early.detail).toMatch(/final/);
  const one = byWallet(psbtOf('holders'), 'trustee');
  expect(codeOf(await office.send(bond, backTo('holders'), [one]))).toBe('PAYOUT_SIGNATURES');
  const two = byWallet(psbtOf('holders'), 'fallbackArbiter');
  must(await office.send(bond, backTo('holders'), [one, two]));
  await scene.chain.mine();
  expect(await scene.standing(left)).toBe('spent');
});

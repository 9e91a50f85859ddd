/**
 * What a bank can try with a bond, and what a key holder can be shown, each refused by whoever
 * looks: the attacks of specs/bonds.md, one test each.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import {
  bondStanding,
  buildBond,
  buildSpending,
  certificateMessage,
  checkSpending,
  finaliseSpending,
  placeOf,
  readEvent,
  signMessage,
  signSpending,
  type BondScript,
  type BondStanding,
  type PledgeDocument,
} from '@realyield/protocol';
import { base64 } from '@scure/base';
import { Transaction } from '@scure/btc-signer';
import { describe, expect, it } from 'vitest';
import { PledgeBook } from '../web/lib/engine/bonds/pledge-book.ts';
import { fundedOutput } from './fixtures/blocks.ts';
import { both, FUNDED, NOW_SEC, pledged, standing, unverified } from './fixtures/bond-sources.ts';
import { bitcoinKey, bitcoinSecret, bondKeyEvent, COLLATERAL, pledgeOf } from './fixtures/bonds.ts';
import { hashOf, publicOf, signAs } from './fixtures/loan.ts';
import { must } from './fixtures/must.ts';
import { BOND, owed, payoutOf } from './fixtures/payouts.ts';

const ALONE = { holders: undefined, allocations: [] };
const TIME_LOCKED: BondScript = {
  kind: 'timeLocked',
  ...{ bankKey: COLLATERAL.bankKey, lockTimeSec: COLLATERAL.lockTimeSec },
};

/** What becomes of a pledge that somebody signs: `ok`, or why it is refused. */
function codeOf(changes: Partial<PledgeDocument>, by = 'bank'): string {
  const document = pledgeOf({ outpoint: { txid: FUNDED.txid, vout: 0 }, ...changes });
  const read = readEvent(signAs(by, buildBond(document, NOW_SEC)));
  return read.ok ? 'ok' : read.code;
}

/** A certificate for somebody by the Bitcoin key of a name. */
function certificateFor(author: string, by: string): PledgeDocument['certificate'] {
  const endPeriod = 600;
  const message = certificateMessage(publicOf(author), endPeriod);
  return { endPeriod, signature: signMessage(message, bitcoinSecret(by)) };
}

it('a bond that is what it says is live', async () => {
  expect(await standing(both(FUNDED.report))).toMatchObject({ state: 'live' });
});

describe('what a bank can try', () => {
  it('a pledge of somebody else’s output', async () => {
    // As its owner pledged it: the keys that hold it are not held for this bank.
    expect(codeOf({}, 'stranger')).toBe('EMBEDDED_MISMATCH');
    expect(codeOf(ALONE, 'stranger')).toBe('BOND_CERTIFICATE');
    // By keys of its own the output would be another, and its owner's is in no doubt.
    const bankKey = bitcoinKey('stranger');
    const own = { ...ALONE, bankKey, certificate: certificateFor('stranger', 'stranger') };
    const theirs = pledged(own, 'stranger');
    expect(await standing(both(FUNDED.report), theirs)).toEqual({ state: 'notThere' });
    const book = new PledgeBook();
    const mine = pledged();
    for (const each of [mine, theirs]) book.add(each);
    expect(book.rivalsOf(mine)).toEqual([]);
  });

  it.each([
    ['collateral', COLLATERAL, {}],
    ['timeLocked', TIME_LOCKED, ALONE],
  ] as const)('a script that differs by one byte: %s', (_, script, of) => {
    const bytes = hexToBytes(placeOf(script, 'regtest').witnessScript);
    const state = (witnessScript: Uint8Array): BondStanding['state'] => {
      const { report, txid } = fundedOutput(`0020${bytesToHex(sha256(witnessScript))}`);
      const document = pledgeOf({ ...of, outpoint: { txid, vout: 0 } });
      const answers = ['one', 'two'].map((source) => ({ source, atSec: NOW_SEC, report }));
      return bondStanding(document, publicOf('bank'), answers, NOW_SEC).state;
    };
    expect(state(bytes)).toBe('live');
    // What is funded is made once for each place: some in every key, and all that is none.
    for (const at of [...bytes.keys()].filter((each) => each % 11 === 0 || each < 4)) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(state(changed), `byte ${at}`).toBe('notThere');
    }
  });

  it('a bond on the wrong network', async () => {
    // Bitcoin for tests, where sources know the real chain; and the other way round.
    for (const [network, pledge] of [
      ['mainnet', pledged()],
      ['regtest', pledged({ network: 'mainnet' })],
    ] as const) {
      const seen = await standing(both(FUNDED.report), pledge, network);
      expect(seen).toEqual(unverified('otherNetwork'));
    }
  });

  it('a spent output', async () => {
    expect(await standing(both({ ...FUNDED.report, isSpent: true }))).toEqual({ state: 'spent' });
  });

  it('an unconfirmed output', async () => {
    const { block: _block, ...waiting } = FUNDED.report;
    expect(await standing(both(waiting))).toEqual({ state: 'unconfirmed' });
  });

  it('a certificate for another key', () => {
    expect(codeOf({ certificate: certificateFor('bank', 'bank') })).toBe('ok');
    for (const [author, by] of [
      ['bank', 'stranger'],
      ['stranger', 'bank'],
      ['bank', 'arbiter'],
    ] as const) {
      expect(codeOf({ certificate: certificateFor(author, by) })).toBe('BOND_CERTIFICATE');
    }
    // A holder's proof by another key is none either.
    const read = readEvent(bondKeyEvent('trustee', { prover: 'stranger' }));
    expect(read).toMatchObject({ ok: false, code: 'BOND_CERTIFICATE' });
  });

  it('the same output pledged by two banks is flagged on both, requires: BD-16', () => {
    const book = new PledgeBook();
    const bankKey = COLLATERAL.bankKey;
    const alone = { holders: undefined, allocations: [], bankKey };
    const endPeriod = 600;
    const message = certificateMessage(publicOf('stranger'), endPeriod);
    const signature = signMessage(message, bitcoinSecret('bank'));
    const certificate = { endPeriod, signature };
    const mine = pledged(alone);
    const theirs = pledged({ ...alone, certificate }, 'stranger');
    const elsewhere = pledged({ ...alone, outpoint: { txid: hashOf('other'), vout: 0 } });
    // Names the output under another script: it is not there, and casts no doubt on who owns it.
    const other = pledged();
    for (const each of [mine, theirs, elsewhere, other]) book.add(each);
    expect(book.rivalsOf(mine)).toEqual([theirs]);
    expect(book.rivalsOf(theirs)).toEqual([mine]);
    expect(book.rivalsOf(elsewhere)).toEqual([]);
    expect(book.rivalsOf(other)).toEqual([]);
    const renewed = pledged({ ...alone, replaces: mine.event.id, valueSat: '999999' });
    book.add(renewed);
    expect(book.ofBank(publicOf('bank'))).not.toContain(mine);
    expect(book.rivalsOf(theirs)).toEqual([renewed]);
    // Nobody else replaces a bank's pledge.
    book.add(pledged({ ...alone, certificate, replaces: renewed.event.id }, 'stranger'));
    expect(book.ofBank(publicOf('bank'))).toContain(renewed);
  });
});

describe('what a key holder can be shown', () => {
  it('a payout with one changed satoshi', () => {
    const ROOT = hashOf('a contract');
    const address = placeOf(TIME_LOCKED, 'regtest').address;
    const { plan } = must(payoutOf([owed(ROOT, 400_000_000n, address)], 600_000n));
    const unsigned = must(buildSpending(BOND, plan));
    const changed = (at: number, bySat: bigint): string => {
      const transaction = Transaction.fromPSBT(base64.decode(unsigned), {
        allowUnknownInputs: true,
      });
      const amount = (transaction.getOutput(at).amount ?? 0n) + bySat;
      transaction.updateOutput(at, { amount }, true);
      return base64.encode(transaction.toPSBT());
    };
    const secrets = ['arbiter', 'trustee'].map(bitcoinSecret);
    const [arbiter = '', trustee = ''] = secrets.map((secret) =>
      must(signSpending(unsigned, BOND, plan, secret)),
    );
    must(finaliseSpending([arbiter, trustee], BOND, plan));
    for (const at of [0, 1]) {
      for (const bySat of [1n, -1n]) {
        const psbt = changed(at, bySat);
        expect(checkSpending(psbt, BOND, plan)).toMatchObject({ code: 'PAYOUT_MISMATCH' });
        for (const secret of secrets) {
          const signed = signSpending(psbt, BOND, plan, secret);
          expect(signed).toMatchObject({ code: 'PAYOUT_MISMATCH' });
        }
        const final = finaliseSpending([arbiter, psbt], BOND, plan);
        expect(final).toMatchObject({ code: 'PAYOUT_MISMATCH' });
      }
    }
  });
});

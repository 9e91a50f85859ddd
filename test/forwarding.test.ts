/**
 * What a bank checks before it passes anything on, and how payer and payee ask for it.
 * requires: FW-9, FW-10, FW-11, FW-14, FW-15, FW-16
 */
import { describe, expect, it } from 'vitest';
import {
  embed,
  verify,
  type ContractState,
  type MessageOf,
  type ParsedRequest,
} from '@realyield/protocol';
import {
  asksThroughBank,
  handToBank,
  netMsatOf,
  viaOf,
} from '../web/lib/engine/forwarding/asking.ts';
import { checkOrder, isRightOuter, whyCrowded } from '../web/lib/engine/forwarding/checks.ts';
import type { ForwardEntry } from '../web/lib/engine/forwarding/journal.ts';
import type { Desk, OwnContract } from '../web/lib/engine/desk.ts';
import { wantedEntry } from '../web/lib/engine/journal.ts';
import { FORWARDING, requestThrough } from './fixtures/forwarding.ts';
import { writeInvoice, type InvoiceFields } from './fixtures/invoices.ts';
import { hashOf, Loan, paymentHashOf, publicOf } from './fixtures/loan.ts';
import { NO_FEES } from './fixtures/plans.ts';

const limits = { cltvBlocks: 144, feeBaseMsat: 1_000n, feeMillionths: 1_000n };
const TICK = 100_000_000n;
const KEPT = TICK / 100n + 1_000n;
const preimage = hashOf('passed on');

function agreed(forwarding: object = FORWARDING): Loan {
  const fees = { ...NO_FEES, forwarding: { ...FORWARDING, ...forwarding } };
  const loan = new Loan({ offer: { fees } });
  loan.signAll();
  return loan;
}

const loan = agreed();
const atSec = loan.startAtSec + 100;
const state = loan.fold().state;
const ownIn = (of: Loan): OwnContract =>
  ({ view: { root: of.root, fold: of.fold() }, own: { money: {} } }) as unknown as OwnContract;

function asked(keptMsat = KEPT, payee = 'business'): ParsedRequest {
  const parts = [{ n: 0, amountUnits: TICK, preimage }];
  const signed = requestThrough(loan, 'disbursement', parts, atSec, { payee, keptMsat });
  return loan.signing.read(signed).at(-1) as ParsedRequest;
}

const right: InvoiceFields = {
  paymentHash: paymentHashOf(preimage),
  amountMsat: TICK - KEPT,
  createdAtSec: atSec,
  expirySec: 1_250,
};

function order(
  change: Partial<InvoiceFields> = {},
  request = asked(),
  more: Partial<{ limits: typeof limits | undefined; nowMs: number; state: ContractState }> = {},
) {
  const how = { limits, nowMs: atSec * 1_000, state, ...more };
  return checkOrder(how.state, request, [writeInvoice('node', { ...right, ...change })], how);
}

describe('a payee’s request', () => {
  it('is passed on where everything fits', () => {
    const checked = order();
    expect(checked).toMatchObject({ ok: true, entries: [{ n: 0, step: 'ordered' }] });
  });

  const unsigned = new Loan({ offer: { fees: { ...NO_FEES, forwarding: FORWARDING } } });
  it.each([
    ['by a wallet without known limits', () => order({}, asked(), { limits: undefined })],
    ['of a stranger', () => order({}, asked(KEPT, 'stranger'))],
    ['that keeps more than the contract allows', () => order({}, asked(KEPT + 1n))],
    ['that keeps less than a payment can cost', () => order({ amountMsat: TICK }, asked(0n))],
    ['that is about to end', () => order({}, asked(), { nowMs: (atSec + 560) * 1_000 })],
    ['on another hash', () => order({ paymentHash: hashOf('another') })],
    ['for another amount', () => order({ amountMsat: TICK })],
    ['on another network', () => order({ currency: 'bc' })],
    ['the invoice of which ends too early', () => order({ expirySec: 1_249 })],
    ['before all have signed', () => order({}, asked(), { state: unsigned.fold().state })],
  ])('is not passed on %s', (_name, check) => {
    expect(check().ok).toBe(false);
  });

  it('waits for what is under way to its payee', () => {
    const checked = order();
    const [entry] = checked.ok ? checked.entries : [];
    if (!entry) throw new Error('there is nothing to pass on');
    const others = Array.from({ length: 60 }, (_, n): ForwardEntry => ({ ...entry, n: n + 1 }));
    expect(whyCrowded([entry], others.slice(1))).toBeUndefined();
    expect(whyCrowded([entry], others)).toMatch(/Too many/);
    expect(whyCrowded([entry], [{ ...entry, paymentHash: hashOf('x') }])).toMatch(/not over/);
  });
});

describe('the bank’s own invoice', () => {
  const checked = order();
  const [entry] = checked.ok ? checked.entries : [];
  const outer = (change: Partial<InvoiceFields>): boolean => {
    if (!entry) return false;
    const fields = { ...right, amountMsat: TICK, expirySec: 650, ...change };
    return isRightOuter(state, entry, writeInvoice('bank node', fields));
  };
  it('must be what was ordered', () => {
    expect(outer({})).toBe(true);
    expect(outer({ expirySec: 590 })).toBe(true);
    expect(outer({ expirySec: 589 })).toBe(false);
    expect(outer({ expirySec: 651 })).toBe(false);
    expect(outer({ amountMsat: TICK + 1n })).toBe(false);
    expect(outer({ paymentHash: hashOf('another') })).toBe(false);
    expect(outer({ currency: 'bc' })).toBe(false);
    expect(isRightOuter(state, { ...entry } as ForwardEntry, 'lnbcrt1')).toBe(false);
  });
});

describe('a payer', () => {
  const nowMs = atSec * 1_000;
  const wanted = wantedEntry(loan.root, 'disbursement', 0, TICK, nowMs);
  const seldom = ownIn(agreed({ use: 'noRoute' }));
  it('asks by way of the bank, until that has been silent for longer than a request lives', () => {
    expect(asksThroughBank(ownIn(loan), wanted, nowMs)).toBe(true);
    expect(asksThroughBank(ownIn(loan), wanted, nowMs + 4_199_999)).toBe(true);
    expect(asksThroughBank(ownIn(loan), wanted, nowMs + 4_200_000)).toBe(false);
    expect(asksThroughBank(ownIn(loan), { ...wanted, leg: 'servicing' }, nowMs)).toBe(false);
  });
  it('asks so only where no way was found, in a contract that says so', () => {
    expect(asksThroughBank(seldom, wanted, nowMs)).toBe(false);
    expect(asksThroughBank(seldom, { ...wanted, noRoute: true }, nowMs)).toBe(true);
  });
});

describe('a payee', () => {
  it('asks for what is left of each part, and directly for one that is too small', () => {
    const [whole, net] = [TICK.toString(), (TICK - KEPT).toString()];
    expect(netMsatOf(ownIn(loan), 'disbursement', [whole, whole])).toEqual([net, net]);
    expect(netMsatOf(ownIn(loan), 'disbursement', [whole, '2000'])).toBeUndefined();
    expect(netMsatOf(ownIn(loan), 'servicing', [whole])).toBeUndefined();
    expect(viaOf([{ netMsat: net }])).toEqual({ via: { netMsat: [net] } });
    expect(viaOf([{ netMsat: net }, {}])).toEqual({});
  });

  it('gives its invoices to the bank alone; proofs go to the payer without them', async () => {
    const sent: unknown[][] = [];
    const sendOnce = (...message: unknown[]): Promise<boolean> => {
      sent.push(message);
      return Promise.resolve(true);
    };
    const desk = { mailbox: { sendOnce } } as unknown as Desk;
    const parts = [0, 1].map((n) => ({ n, amountUnits: TICK, preimage: hashOf(`${n}`) }));
    const how = { payee: 'business', keptMsat: KEPT };
    const signed = verify(requestThrough(loan, 'disbursement', parts, atSec, how));
    if (!signed.ok) throw new Error(signed.code);
    const plain: MessageOf<'requestDelivery'> = {
      v: 1,
      type: 'requestDelivery',
      contract: loan.root,
      request: embed(signed.value),
      invoices: ['first', 'second'],
    };
    expect(await handToBank(desk, ownIn(loan), plain)).toBeUndefined();
    expect(sent[0]?.[0]).toEqual(plain);
    expect(sent[0]?.[2]).toBe(publicOf('bank'));
    const proven = { ...plain, paid: [{ n: 1, preimage: hashOf('1') }] };
    expect(await handToBank(desk, ownIn(loan), proven)).toMatchObject({
      invoices: ['withheld', 'second'],
    });
  });
});

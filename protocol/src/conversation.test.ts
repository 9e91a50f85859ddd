/** Private messages: written, read back, and which contract they are about. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Loan } from './testing/loan.ts';
import {
  contractOfMessage,
  formatMessage,
  MAX_DELIVERED_INVOICES,
  parseMessage,
  type Message,
} from './conversation.ts';
import { embed } from './events.ts';
import { verify } from './noble.ts';

const loan = new Loan();
const signed = verify(loan.sign('investor', 1_800_000_001));
if (!signed.ok) throw new Error(signed.code);
const proposal: Message = { v: 1, type: 'proposal', acceptance: embed(signed.value) };

const wanted = (count: number): Message => ({
  v: 1,
  type: 'partsWanted',
  contract: loan.root,
  leg: 'repayment',
  n: Array.from({ length: count }, (_, index) => index),
  units: Array.from({ length: count }, () => '1000'),
});

describe('messages', () => {
  it('are read as they were written', () => {
    for (const message of [proposal, wanted(1), wanted(MAX_DELIVERED_INVOICES)]) {
      expect(parseMessage(formatMessage(message))).toEqual({ ok: true, value: message });
    }
  });

  it('name their contract, a proposal in what it embeds', () => {
    expect(contractOfMessage(proposal)).toBe(loan.root);
    expect(contractOfMessage(wanted(1))).toBe(loan.root);
    const odd = { ...proposal.acceptance, content: { contract: 7 } };
    expect(contractOfMessage({ ...proposal, acceptance: odd })).toBe('');
  });

  it('ask for at most as many parts as a delivery carries', () => {
    const tooMany = formatMessage(wanted(MAX_DELIVERED_INVOICES + 1));
    expect(parseMessage(tooMany)).toMatchObject({ code: 'MESSAGE_SHAPE' });
  });

  it('with invoices of the usual length fit a wrap', () => {
    const part = { n: 0, amountUnits: 100_000_000n, preimage: loan.preimage() };
    const request = verify(loan.request('disbursement', [part], 1_800_000_010));
    if (!request.ok) throw new Error(request.code);
    const delivery: Message = {
      v: 1,
      type: 'requestDelivery',
      contract: loan.root,
      request: embed(request.value),
      invoices: new Array<string>(MAX_DELIVERED_INVOICES).fill('l'.repeat(320)),
    };
    // The request itself grows by a hash, an amount and a number for each part.
    const grown = formatMessage(delivery).length + MAX_DELIVERED_INVOICES * 90;
    expect(grown).toBeLessThan(28_672);
  });

  it('are refused, not thrown, whatever they are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseMessage(text)).toMatchObject({ code: 'MESSAGE_SHAPE' });
      }),
    );
  });
});

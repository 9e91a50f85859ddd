/** Vectors of messages between a till and the bank that runs it, in the folder `conversation`. */
import { canonicalize, embed } from '@realyield/protocol';
import { hashOf } from '../fixtures/loan.ts';
import { sell } from '../fixtures/till.ts';
import type { Cases, Vector } from './vector.ts';

/** Messages about sales; `reads` and `refused` make the vectors of the folder. */
export function tillMessageCases(
  reads: (name: string, content: object) => Vector,
  refused: (name: string, requires: string[], content: string) => Vector,
): Cases {
  const about = { v: 1, contract: hashOf('contract'), sale: hashOf('sale') };
  const wanted = { ...about, type: 'saleWanted', till: 'Counter 1', msat: '21000000' };
  const priced = { currency: 'EUR', minorDigits: 2, units: '21000000', price: '9000000' };
  const { event } = sell({ serial: 1, msat: 21_000_000n, atSec: 1_800_000_000, name: 'bank' });
  const paid = {
    ...{ ...about, type: 'salePaid', paymentHash: hashOf('hash'), preimage: hashOf('preimage') },
    ...{ settledAtSec: 1_800_000_000, receipt: embed(event) },
    shares: [{ contract: hashOf('contract'), msat: '1050000' }],
    ...{ takenMsat: '21000000', merchantsMsat: '19950000' },
  };
  const copied = {
    ...{ sale: hashOf('sale'), contract: hashOf('contract'), key: hashOf('key') },
    ...{ salt: hashOf('salt'), msat: '21000000', invoice: 'lnbcrt1' },
    ...{ paymentHash: hashOf('hash'), askedAtSec: 1_800_000_000, expiresAtSec: 1_800_000_600 },
  };
  const copy = {
    ...{ v: 1, type: 'tillCopy', contract: hashOf('contract'), business: hashOf('business') },
    ...{ device: hashOf('device'), step: 3, firsts: [1_234_567], took: [], takenMsat: '21000000' },
    accounts: [{ contract: hashOf('contract'), accrued: '105000000000', denominator: '10000' }],
  };
  const settled = {
    ...{ till: hashOf('till'), key: hashOf('key'), contracts: [hashOf('contract')], serial: 1 },
    ...{ sinceSec: 1_800_000_000, msat: '21000000', atSec: 1_800_000_001, amount: 'exact' },
    ...{ isLate: false, isUnexpected: false },
    split: [{ contract: hashOf('contract'), msat: '1050000' }],
  };
  const refusal = { ...about, type: 'saleRefusal', code: 'tooMany', sentence: 'Later.' };
  const odd = (name: string, content: object): Vector =>
    refused(name, ['T-1'], canonicalize(content));
  return {
    'sale-wanted': reads('A till asks for an invoice', wanted),
    'sale-wanted-priced': reads('The same, priced', { ...wanted, priced }),
    'sale-wanted-known': reads('What became of it?', { ...wanted, paymentHash: hashOf('hash') }),
    'sale-invoice': reads('The invoice', { ...about, type: 'saleInvoice', invoice: 'lnbcrt1' }),
    'sale-paid': reads('It was paid', paid),
    'sale-refusal': reads('Too many wait', refusal),
    'till-copy': reads('What a device took, to the bank itself', copy),
    'till-copy-shown': reads('The same, with an invoice', { ...copy, sale: copied }),
    'till-copy-paid': reads('And with a payment', { ...copy, sale: { ...copied, paid: settled } }),
    'till-copy-firsts': odd('Numbers that begin nowhere', { ...copy, firsts: [] }),
    'till-copy-accrued': odd('A sum with a sign', {
      ...copy,
      accounts: [{ contract: hashOf('contract'), accrued: '-1', denominator: '10000' }],
    }),
    'sale-refusal-code': odd('An unknown reason', { ...refusal, code: 'later' }),
    'sale-wanted-amount': odd('An amount with a sign', { ...wanted, msat: '-1' }),
    'sale-wanted-name': odd('A name too long', { ...wanted, till: 'x'.repeat(61) }),
  };
}

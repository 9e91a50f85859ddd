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
    'sale-refusal-code': odd('An unknown reason', { ...refusal, code: 'later' }),
    'sale-wanted-amount': odd('An amount with a sign', { ...wanted, msat: '-1' }),
    'sale-wanted-name': odd('A name too long', { ...wanted, till: 'x'.repeat(61) }),
  };
}

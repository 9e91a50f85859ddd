/** An offer for some countries is not taken up for people who live elsewhere. requires: J-6 */
import { expect, it } from 'vitest';
import type { Desk } from '../web/lib/engine/desk.ts';
import { propose } from '../web/lib/engine/agreement/investing.ts';
import { legalTerms, Loan, sparedSigning } from './fixtures/loan.ts';

/** A client that has signed and sent nothing yet, and must not. */
const desk = {
  clock: { nowSec: () => 1_800_000_000 },
  relays: { readUrls: ['wss://relay.example.org'] },
  person: { publicKey: '0'.repeat(64) },
  catalog: { signaturesOn: () => [] },
} as unknown as Desk;

it('is refused to whoever lives elsewhere or has not said where, before any key', async () => {
  const legal = legalTerms({ countries: ['KE', 'SV'] });
  const { offer } = new Loan({ offer: { legal }, signing: sparedSigning });
  const from = (livesIn: string | undefined) =>
    propose(desk, offer, 100_000_000n, livesIn === undefined ? {} : { livesIn });
  expect(await from(undefined)).toMatchObject({ ok: false, code: 'COUNTRY_EXCLUDED' });
  expect(await from('US')).toMatchObject({ ok: false, code: 'COUNTRY_EXCLUDED', detail: 'US' });
});

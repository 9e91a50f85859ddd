/** The loan of runs in which an investor is silent: its first instalment is due as they begin. */
import { ledgerOf, planTicks } from '@realyield/protocol';
import { addressFor } from '../fixtures/fallback.ts';
import { inThree, Loan, offerDocument } from '../fixtures/loan.ts';
import { NO_FEES } from '../fixtures/plans.ts';
import { URLS } from './scenario.ts';

/** A contract day, seconds. */
export const DAY_SEC = 60;

function signLoan(): Loan {
  const { business } = offerDocument();
  const signed = new Loan({
    seed: 'fallback',
    fallbackAddress: addressFor('a silent investor'),
    offer: {
      ...inThree,
      daySec: DAY_SEC,
      relays: URLS,
      business: { ...business, relays: URLS },
      fees: NO_FEES,
    },
    investorRelays: URLS,
  });
  signed.signAll();
  signed.pay('disbursement', planTicks(signed.contract.document), signed.startAtSec + 20);
  return signed;
}

/** Signed once. */
export const loan = signLoan();
/** The day on which the first instalment falls due begins, ms. */
export const startAtMs = (loan.startAtSec + 30 * DAY_SEC) * 1_000;
/** That instalment. */
export const dueUnits = ledgerOf(loan.fold().state, startAtMs / 1_000 + 60).dueNowUnits;

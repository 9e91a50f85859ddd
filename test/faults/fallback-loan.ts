/** The loan of runs in which an investor is silent: its first instalment is due as they begin. */
import { ledgerOf } from '@realyield/protocol';
import { addressFor } from '../fixtures/fallback.ts';
import { firstDueAtMs, signSilentLoan } from './silent-loan.ts';

/** A contract day, seconds. */
export const DAY_SEC = 60;

/** Signed once. */
export const loan = signSilentLoan('fallback', DAY_SEC, addressFor('a silent investor'));
/** The day on which the first instalment falls due begins, ms. */
export const startAtMs = firstDueAtMs(loan, DAY_SEC);
/** That instalment. */
export const dueUnits = ledgerOf(loan.fold().state, startAtMs / 1_000 + 60).dueNowUnits;

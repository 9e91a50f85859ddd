/** What of each sale at a till repays the loan, as typed. Spec: specs/till.md, "Share". */
import type { OfferDocument, TillShare } from '@realyield/protocol';
import type { FieldReader } from './read-fields.ts';

/** The till share, as typed. */
export interface TillShareForm {
  runBy: 'none' | TillShare['runBy'];
  sharePercent: string;
  /** After a default, at the bank's till; empty: the same. */
  recoveryPercent: string;
  thresholdSat: string;
}

/** Who can run the till, in the order of the form. */
export const TILLS = ['none', 'business', 'bank'] as const;

/** A form without a till share. */
export function emptyTillShareForm(): TillShareForm {
  return { runBy: 'none', sharePercent: '', recoveryPercent: '', thresholdSat: '100' };
}

/** Reads the till share; undefined where there is none. */
export function readTillShare(
  form: TillShareForm,
  plan: OfferDocument['plan'],
  read: FieldReader,
): TillShare | undefined {
  const { runBy } = form;
  if (runBy === 'none') return undefined;
  // Under a revenue share it is the plan's own share that the till pays.
  const shareBps =
    plan.type === 'revenueShare'
      ? plan.shareBps
      : read.percent('till.sharePercent', form.sharePercent, {
          most: 10_000,
          sentence: 'Write the share of each sale in per cent, like 5.',
        });
  const isSame = runBy === 'business' || form.recoveryPercent.trim() === '';
  const recoveryBps = isSame
    ? shareBps
    : read.percent('till.recoveryPercent', form.recoveryPercent, {
        least: Math.max(1, shareBps),
        most: 10_000,
        sentence: 'Write a share that is no less than before a default, or leave it empty.',
      });
  const thresholdSat = read.count('till.thresholdSat', form.thresholdSat, {
    least: 1,
    most: 1_000_000,
    sentence: 'Write from how many sat on a share is paid, 1 to 1\u202f000\u202f000.',
  });
  return { runBy, shareBps, recoveryBps, thresholdSat };
}

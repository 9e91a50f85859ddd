/** Whether the bank passes payments on, and for what, as typed. Spec: specs/forwarding.md. */
import type { ForwardingTerms } from '@realyield/protocol';
import { BITCOIN } from '../../amount.ts';
import type { FieldReader } from './read-fields.ts';

/** The terms, as typed. */
export interface PassingForm {
  use: 'never' | ForwardingTerms['use'];
  /** The most it keeps of each payment: a share, and so much beside, sat. */
  percent: string;
  baseSat: string;
}

/** When payments go by way of the bank, in the order of the form. */
export const PASSING_USES = ['never', 'noRoute', 'always'] as const;

/** A form in which the bank passes nothing on. */
export function emptyPassingForm(): PassingForm {
  return { use: 'never', percent: '0.5', baseSat: '1' };
}

/** Reads the terms; undefined where the bank passes nothing on. */
export function readPassing(form: PassingForm, read: FieldReader): ForwardingTerms | undefined {
  if (form.use === 'never') return undefined;
  const mostBps = read.percent('passing.percent', form.percent, {
    least: 0,
    most: 5_000,
    sentence: 'Write the most the bank keeps of a payment in per cent, at most 50; 0 is nothing.',
  });
  const sentence = 'Say the most it keeps beside that';
  const mostBase = read.amountOrNone('passing.baseSat', form.baseSat, BITCOIN, sentence);
  return { use: form.use, mostBps, mostBaseMsat: mostBase.toString() };
}

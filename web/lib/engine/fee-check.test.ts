import { expect, it } from 'vitest';
import { feeProblem } from './fee-check.ts';

it('leaves contracts with fees alone, on either side of a loan', () => {
  const none = { originationBps: 0, origination: 'withheld', servicingBps: 0 } as const;
  expect(feeProblem({ fees: none })).toBeUndefined();
  for (const fees of [
    { ...none, originationBps: 1 },
    { ...none, servicingBps: 1 },
  ]) {
    expect(feeProblem({ fees })).toMatchObject({ code: 'CONTENT_TERMS', detail: 'fees' });
  }
});

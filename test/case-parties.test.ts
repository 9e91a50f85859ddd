/** Where the page of a case leads to from those it is about. */
import { expect, it } from 'vitest';
import { unpaidLoan } from '../protocol/src/testing/disputes.ts';
import { publicOf } from '../protocol/src/testing/loan.ts';
import { partyHref } from '../web/lib/state/views/contract.ts';

it('links the bank to its page and the business to what it is lent for', () => {
  const { state } = unpaidLoan().fold();
  const bank = publicOf('bank');
  expect(partyHref(state, 'bank')).toBe(`/banks/${bank}`);
  expect(decodeURIComponent(partyHref(state, 'business'))).toMatch(
    new RegExp(`^/offers/\\d+:${bank}:.+$`),
  );
});

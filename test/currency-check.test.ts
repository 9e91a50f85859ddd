/** Offers and contracts in a currency are left aside by a client that cannot price payments. */
import { buildOffer, offerAddress, type ParsedOffer } from '@realyield/protocol';
import { expect, it } from 'vitest';
import { currencyProblem } from '../web/lib/engine/currency-check.ts';
import { ListingBook } from '../web/lib/engine/listing-book.ts';
import { offerDocument, publicOf, sparedSigning } from './fixtures/loan.ts';
import { dollars } from './fixtures/prices.ts';

const inDollars = { ...offerDocument(), denomination: dollars() };

function published(document: ReturnType<typeof offerDocument>, atSec: number): ParsedOffer {
  const event = sparedSigning.sign('bank', buildOffer(document, atSec));
  return sparedSigning.read(event).at(-1) as ParsedOffer;
}

it('names the denomination, and finds nothing wrong with msat', () => {
  expect(currencyProblem(offerDocument())).toBeUndefined();
  const problem = { code: 'CONTENT_TERMS', detail: 'denomination' };
  expect(currencyProblem(inDollars)).toMatchObject(problem);
});

it('shows no offer in a currency, nor the one it replaced', () => {
  const book = new ListingBook();
  const address = offerAddress(publicOf('bank'), inDollars.identifier);
  book.add(published(offerDocument(), 1_800_000_000));
  expect(book.offer(address)).toBeDefined();
  book.add(published(inDollars, 1_800_000_001));
  expect(book.offers()).toEqual([]);
  expect(book.offer(address)).toBeUndefined();
  expect(book.offerOfBusiness(publicOf('business'))).toBeUndefined();
  book.add(published(offerDocument(), 1_800_000_002));
  expect(book.offers()).toHaveLength(1);
});

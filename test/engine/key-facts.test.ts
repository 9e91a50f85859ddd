/** What a person saw before signing is what is signed, or nothing is. requires: K-12 */
import { afterEach, expect, it } from 'vitest';
import {
  buildContract,
  keyFactsHash,
  type ParsedOffer,
  type Result,
  type SignatureDocument,
} from '@realyield/protocol';
import { hashOf, offerDocument, publicOf } from '../fixtures/loan.ts';
import { systemClock } from '../world/system-clock.ts';
import { Estate, movedClock } from './estate.ts';
import { until } from './until.ts';

const PRINCIPAL_MSAT = 200_000_000n;
const estate = new Estate();

afterEach(() => estate.close());

const codeOf = (result: Result<string>): string => (result.ok ? 'ok' : result.code);

/** The hash of the sheet a page shows for an offer. */
function shownFor(offer: ParsedOffer, startAtSec: number): string {
  const built = buildContract(offer, {
    principalUnits: PRINCIPAL_MSAT,
    investor: { pubkey: '0'.repeat(64), relays: [...offer.document.relays] },
    commitment: '0'.repeat(64),
    nonce: '0'.repeat(64),
    startAtSec,
    expiresAtSec: startAtSec + 14 * 86_400,
  });
  if (!built.ok) throw new Error(built.code);
  return keyFactsHash(built.value);
}

it('a sheet not of the terms is refused; the right one is in the signature', async () => {
  const urls = [(await estate.relay()).url, (await estate.relay()).url];
  const open = (name: string) => estate.session(name, urls, movedClock());
  const [investor, business, bank] = [
    await open('investor'),
    await open('business'),
    await open('bank'),
  ];
  const { business: known } = offerDocument();
  const document = offerDocument({ relays: urls, business: { ...known, relays: urls } });
  expect((await bank.listings.publishOffer(document)).ok).toBe(true);
  const address = `32811:${publicOf('bank')}:${document.identifier}`;
  await until('the offer', () => investor.catalog.offer(address) !== undefined);
  const offer = investor.catalog.offer(address) as ParsedOffer;

  const startAtSec = systemClock.nowSec();
  const shown = shownFor(offer, startAtSec);
  const { agreements } = investor;
  const stale = { startAtSec: startAtSec - 60, keyFacts: shown };
  const invest = (seen: { startAtSec: number; keyFacts: string }) =>
    agreements.invest(offer, PRINCIPAL_MSAT, { seen });
  expect(codeOf(await invest(stale))).toBe('KEY_FACTS_MISMATCH');
  expect(investor.catalog.roots()).toEqual([]);
  const invested = await invest({ startAtSec, keyFacts: shown });
  if (!invested.ok) throw new Error(invested.code);
  const root = invested.value;

  await until('the proposal', async () => (await business.agreements.proposals()).length === 1);
  const sign = (seen: string) => business.agreements.countersign(root, seen);
  expect(codeOf(await sign(hashOf('another sheet')))).toBe('KEY_FACTS_MISMATCH');
  expect(codeOf(await sign(shown))).toBe('ok');
  const signed = business.catalog
    .eventsOf(root)
    .filter(({ name }) => name === 'signature')
    .map((entry) => entry.document as SignatureDocument);
  expect(signed.map((each) => 'keyFacts' in each && each.keyFacts)).toEqual([shown, shown]);

  // A party's other devices learn what it has signed or declined, and do not ask again.
  const hasNothingToSign = async (device: typeof bank) =>
    device.catalog.contract(root) !== undefined &&
    (await device.agreements.proposals()).length === 0;
  const laptop = await open('business');
  await until('the other device of the business', () => hasNothingToSign(laptop));
  expect(laptop.catalog.contract(root)?.fold.state.signatures.business).toBeDefined();
  await until('the bank’s turn', async () => (await bank.agreements.proposals()).length === 1);
  await bank.agreements.decline(root, 'Not this one.');
  const branch = await open('bank');
  await until('the other device of the bank', () => hasNothingToSign(branch));
});

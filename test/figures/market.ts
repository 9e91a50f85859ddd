/**
 * A market of three banks, seven businesses and four investors, its contracts in every standing:
 * repaid and closed, cured, late, defaulted, streaming, prepaid, in grace, never paid out,
 * lapsed, withdrawn, proposed, one bank's in two denominations; with a reused hash, a copied one,
 * a gap and a fork in a register.
 */
import { planTicks, type RequestDocument, type SignedEvent } from '@realyield/protocol';
import { hashOf, inThree, publicOf, sparedSigning } from '../fixtures/loan.ts';
import { dollars } from '../fixtures/prices.ts';
import type { Loan, Signing } from '../fixtures/loan.ts';
import { give } from '../fixtures/steps.ts';
import { DAY, Drafter, first, repay, START, stream } from './drafter.ts';
import { drawBankC } from './loss-market.ts';

export { DAY, repay, START, stream } from './drafter.ts';

/** A market as raw events, with what its investors disclosed. */
export interface Market {
  readonly loans: readonly Loan[];
  readonly events: readonly SignedEvent[];
  readonly openings: readonly {
    readonly contract: string;
    readonly mainKey: string;
    readonly salt: string;
  }[];
}

const bankA = 'bank A';
const bankB = 'bank B';

/** The id of the countersignature a loan's bank gave. */
function countersignatureOf(loan: Loan): string {
  return loan.fold().state.signatures.bank?.id ?? '';
}

function drawBankA(draw: Drafter): void {
  const [business, other] = ['bakery', 'mill'];
  const repaid = draw.agree({ bank: bankA, business, investor: 'Ana', serial: 1, ...first });
  stream(repaid);
  repay(repaid, 60, 500_000);
  repay(repaid, 90, 524_657);
  repaid.close(START + 92 * DAY);
  const late = draw.agree({
    ...{ bank: bankA, business, investor: 'Ben', serial: 2 },
    previous: countersignatureOf(repaid),
  });
  stream(late);
  const { request } = repay(late, 50, 300_000);
  const { n } = JSON.parse(request.content) as RequestDocument;
  late.object('investor', request, n, START + 51 * DAY, START + 50 * DAY + 300);
  const cured = draw.agree(
    { bank: bankA, business: other, investor: 'Ana', serial: 3, isPublic: true },
    { offer: inThree },
  );
  stream(cured);
  repay(cured, 44, 343_000, hashOf('one payment, shown twice'));
  const rests = cured.parsed
    .filter(({ name }) => name === 'signature')
    .map(({ event }) => event.id);
  repay(cured, 63, 345_000);
  const leftOut = { rests: [...rests, ...cured.heads('investor')], instalment: 2 };
  give(cured, 'arrears', START + 67 * DAY, leftOut);
  const lost = draw.agree({ bank: bankA, business: 'brewery', investor: 'Eve', serial: 4 });
  stream(lost);
  repay(lost, 100, 20_000, hashOf('contract 0 preimage 1'));
  const streaming = draw.agree(
    { bank: bankA, business: other, investor: 'Ana', serial: 7, isPublic: true },
    { startAtSec: START + 95 * DAY },
  );
  stream(streaming, 6);
  repay(streaming, 5, 50_000, hashOf('one payment, shown twice'));
  const noticed = draw.agree(
    { bank: bankA, business: 'smithy', investor: 'Ben', serial: 8 },
    { offer: { ...inThree, default: { afterDays: 10, cureDays: 5 } } },
  );
  stream(noticed);
  repay(noticed, 31, 30_000);
  give(noticed, 'arrears', START + 38 * DAY);
  give(noticed, 'default', START + 55 * DAY);
}

function drawBankB(draw: Drafter): void {
  const prepaid = draw.agree(
    { bank: bankB, business: 'dairy', investor: 'Ana', serial: 1, ...first },
    { offer: inThree },
  );
  stream(prepaid);
  repay(prepaid, 20, 500_000);
  repay(prepaid, 40, 900_000);
  const inGrace = draw.agree({ bank: bankB, business: 'farm', investor: bankB, serial: 2 });
  stream(inGrace);
  repay(inGrace, 93, 10_000);
  draw.agree({ bank: bankB, business: 'farm', investor: 'Ben', serial: 2 });
  draw.draft({ bank: bankB, business: 'dairy', investor: 'Eve', serial: 3 });
  const withdrawn = draw.draft({ bank: bankB, business: 'dairy', investor: 'Ben', serial: 4 });
  withdrawn.sign('investor', START + 1);
  withdrawn.withdraw('investor', START + 2);
  const early = draw.agree(
    { bank: bankB, business: 'dairy', investor: 'Eve', serial: 5 },
    { startAtSec: START + 200 * DAY },
  );
  stream(early, 2);
  const excess = draw.agree({ bank: bankB, business: 'farm', investor: 'Eve', serial: 6 });
  stream(excess);
  const [tick] = planTicks(excess.contract.document);
  const again = { n: 0, amountUnits: tick?.amountUnits ?? 0n };
  // The same business signed for this hash before, in another contract.
  const preimage = hashOf('contract 7 preimage 1');
  excess.pay('disbursement', [{ ...again, preimage }], START + 25 * DAY);
  repay(excess, 89, 1_200_000);
}

/** Loans in dollars of the second bank: repaid late, and late; amounts are thousandths of cents. */
function drawDollars(draw: Drafter): void {
  const offer = { denomination: dollars() };
  const cured = draw.agree(
    { bank: bankB, business: 'dairy', investor: 'Ana', serial: 7 },
    { offer: { ...inThree, ...offer, identifier: 'dairy-dollars' } },
  );
  stream(cured);
  repay(cured, 44, 343_000);
  repay(cured, 63, 345_017);
  const late = draw.agree(
    { bank: bankB, business: 'farm', investor: 'Ben', serial: 8 },
    { offer: { ...offer, identifier: 'farm-dollars' } },
  );
  stream(late);
  repay(late, 95, 300_001);
}

/** The whole market, and what somebody adds to it. */
export function drawMarket(
  signing: Signing = sparedSigning,
  more: (draw: Drafter) => void = () => undefined,
): Market {
  const draw = new Drafter(signing);
  drawBankA(draw);
  drawBankB(draw);
  drawBankC(draw);
  drawDollars(draw);
  more(draw);
  const openings = draw.loans.slice(0, 8).map((loan, index) => ({
    contract: loan.root,
    mainKey: publicOf(index === 7 ? bankB : (['Ana', 'Ben', 'Ana', 'Eve'][index] ?? 'nobody')),
    salt: hashOf(`contract ${index} salt`),
  }));
  return { loans: draw.loans, events: draw.loans.flatMap((loan) => loan.events), openings };
}

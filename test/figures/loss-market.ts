/**
 * The loans of a bank that did not go well: in default by notice and by days alone, called in,
 * guaranteed, recovered in part, written off, paid late all the same; terms changed for the worse,
 * while late, and for other reasons.
 */
import type { ContractDocument } from '@realyield/protocol';
import { acceptAll, amendment } from '../fixtures/agreements.ts';
import { hashOf, inThree, legalTerms, type Loan } from '../fixtures/loan.ts';
import { give, recover } from '../fixtures/steps.ts';
import { DAY, first, repay, START, stream, type Drafter } from './drafter.ts';

const bank = 'bank C';
const swift = { default: { afterDays: 10, cureDays: 5 } };
const firstLoss = { type: 'firstLoss', shareBps: 2_000, payDays: 30 } as const;
const full = { type: 'full', capBps: 5_000, payDays: 0 } as const;
const byBond = { type: 'bond', payDays: 10 } as const;
const bond = { pledge: hashOf('pledge'), allocationSat: '400001' };
const legal = legalTerms({ withholdingTax: { bps: 1_250, rule: 'Withheld from interest.' } });
const shown = hashOf('one payment under a guarantee, shown twice');

type LossLeg = 'guarantee' | 'handedOn' | 'recovery';

/** Pays one part on a leg of losses. */
function move(loan: Loan, leg: LossLeg, day: number, amountSat: number, preimage?: string): void {
  const given = preimage === undefined ? {} : { preimage };
  const part = { n: loan.events.length, amountUnits: BigInt(amountSat) * 1_000n, ...given };
  loan.pay(leg, [part], START + day * DAY + 30);
}

function drawLost(draw: Drafter): void {
  const lost = draw.agree(
    { bank, business: 'tannery', investor: 'Ana', serial: 1, ...first, isPublic: true },
    { offer: { ...inThree, ...swift, legal, guarantee: firstLoss } },
  );
  stream(lost);
  repay(lost, 31, 30_000);
  give(lost, 'arrears', START + 38 * DAY);
  give(lost, 'default', START + 55 * DAY);
  give(lost, 'acceleration', START + 57 * DAY);
  move(lost, 'guarantee', 70, 150_000, shown);
  repay(lost, 100, 500_000);
  const shares = [{ contract: lost.root, shareUnits: 95_000_000n }];
  const got = { grossUnits: 100_000_000n, costsUnits: 5_000_000n, shares };
  recover(lost, { ...got, recoveredAtSec: START + 119 * DAY }, START + 120 * DAY);
  move(lost, 'recovery', 125, 60_000);
  give(lost, 'writeOff', START + 150 * DAY);
  repay(lost, 300, 300_000);
  move(lost, 'handedOn', 310, 20_000);
  const other = draw.agree(
    { bank, business: 'tannery', investor: 'Ana', serial: 2, isPublic: true },
    { offer: { ...swift, guarantee: full } },
  );
  stream(other);
  give(other, 'arrears', START + 97 * DAY);
  give(other, 'default', START + 104 * DAY);
  move(other, 'guarantee', 105, 150_000, shown);
  move(other, 'guarantee', 106, 40_000);
  give(other, 'writeOff', START + 140 * DAY);
  const pledged = draw.agree(
    { bank, business: 'tannery', investor: 'Ben', serial: 7, isPublic: true },
    { offer: { ...inThree, ...swift, guarantee: byBond, bond } },
  );
  stream(pledged);
  give(pledged, 'arrears', START + 38 * DAY);
  give(pledged, 'default', START + 55 * DAY);
  move(pledged, 'guarantee', 60, 100_000);
  repay(pledged, 160, 940_000);
  const silent = draw.agree({ bank, business: 'pottery', investor: 'Ben', serial: 3 });
  stream(silent);
  repay(silent, 250, 1_100_000);
}

/** Three equal parts from a day on, instead of what was agreed. */
function change(loan: Loan, from: number, terms: Partial<ContractDocument>, day: number): void {
  const firstAtSec = (Math.floor(START / DAY) + from + 1) * DAY - 1;
  const due = { rule: 'days', firstAtSec, everyDays: 30, count: 3 } as const;
  const plan = { ...loan.contract.document.plan, due } as ContractDocument['plan'];
  const atSec = START + day * DAY;
  acceptAll(loan, amendment(loan, { plan, ...terms }, atSec), atSec);
}

function drawChanged(draw: Drafter): void {
  const lend = (serial: number): Loan => {
    const parties = { bank, business: 'pottery', investor: 'Eve', serial };
    const loan = draw.agree(parties, { offer: { ...inThree, legal } });
    stream(loan);
    return loan;
  };
  const early = lend(4);
  change(early, 90, {}, 12);
  repay(early, 29, 350_000);
  const late = lend(5);
  change(late, 110, {}, 45);
  repay(late, 61, 700_000);
  const relieved = lend(6);
  repay(relieved, 29, 350_000);
  change(relieved, 120, { reason: 'restructuring' }, 40);
}

/** Lends, loses and recovers. */
export function drawBankC(draw: Drafter): void {
  drawLost(draw);
  drawChanged(draw);
}

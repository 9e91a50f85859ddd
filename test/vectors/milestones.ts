/** Vectors of claims, decisions and tranches that wait: folder `milestones`. */
import { planTicks, type OfferDocument } from '@realyield/protocol';
import { Loan, publicOf, signAs } from '../fixtures/loan.ts';
import { claim, decide } from '../fixtures/steps.ts';
import { DAY, folded, START } from './contracts.ts';
import type { Cases } from './vector.ts';

const half = { shareBps: 5_000, startDay: 0, streamDays: 10, windowDays: 40, ticks: 5 };
const milestone = { title: 'The oven is delivered', description: 'With its papers.' };

/** A loan whose second half waits for a milestone the bank approves. */
function milestoned(change: Partial<OfferDocument> = {}): Loan {
  const tranches = [half, { ...half, startDay: 10, milestone }];
  const loan = new Loan({ offer: { tranches, ...change } });
  loan.signAll();
  return loan;
}

const at = (day: number): number => START + day * DAY;

function standingCases(): Cases {
  const approved = milestoned();
  decide(approved, 'approval', claim(approved, 1, at(12)), at(15));
  const refused = milestoned();
  decide(refused, 'refusal', claim(refused, 1, at(12)), at(15));
  const again = milestoned();
  decide(again, 'refusal', claim(again, 1, at(12)), at(15));
  decide(again, 'approval', claim(again, 1, at(20)), at(21));
  const claimed = milestoned();
  decide(claimed, 'refusal', claim(claimed, 1, at(12)), at(15));
  claim(claimed, 1, at(11));
  const both = milestoned();
  const contested = claim(both, 1, at(12));
  decide(both, 'refusal', contested, at(13));
  decide(both, 'approval', contested, at(14));
  decide(both, 'approval', contested, at(15));
  const kept = milestoned();
  const first = claim(kept, 1, at(12));
  const second = claim(kept, 1, at(13));
  decide(kept, 'refusal', first, at(16));
  decide(kept, 'approval', second, at(12));
  decide(kept, 'approval', second, at(15));
  const early = milestoned();
  early.pay('disbursement', planTicks(early.contract.document).slice(5, 6), at(11));
  const named = milestoned({ attester: publicOf('attester') });
  decide(named, 'approval', claim(named, 1, at(12)), at(15), 'attester');
  return {
    open: folded('A tranche that waits', ['S-5', 'P-20'], milestoned(), [], at(12)),
    approved: folded('Approved five days late', ['S-4', 'S-6', 'P-2'], approved, [], at(16)),
    refused: folded('Refused', ['S-4', 'S-5'], refused),
    again: folded('Claimed again and approved', ['S-5'], again),
    claimed: folded('An older claim nobody decided on', ['S-5', 'S-6'], claimed),
    contradictory: folded('Refused and approved', ['S-4'], both),
    'approval-kept': folded('Of two claims one approved, dated back', ['S-5', 'S-6'], kept),
    'paid-early': folded('Paid before it was approved', ['S-5'], early),
    attester: folded('Approved by the attester named', ['S-4', 'C-16'], named),
  };
}

function refusedCases(): Cases {
  const unknown = milestoned();
  const odd = claim(unknown, 0, at(1));
  decide(unknown, 'approval', odd, at(2));
  claim(unknown, 2, at(3));
  const missing = milestoned();
  const forged = claim(missing, 1, at(12), 'stranger');
  decide(missing, 'approval', forged, at(13));
  const strangers = milestoned({ attester: publicOf('attester') });
  const claimed = claim(strangers, 1, at(12), 'business');
  decide(strangers, 'approval', claimed, at(13), 'bank');
  decide(strangers, 'approval', claimed, at(14), 'business');
  claim(strangers, 1, at(15), 'investor');
  const early = new Loan({ offer: { tranches: [{ ...half, shareBps: 10_000, milestone }] } });
  early.sign('investor', START + 1);
  decide(early, 'approval', claim(early, 0, at(1)), at(2));
  const without = 'MILESTONE_UNKNOWN';
  return {
    'milestone-unknown': folded('Tranches that have none, or are none', ['S-2'], unknown, [
      without,
      without,
      without,
    ]),
    'claim-stranger': folded('A stranger’s claim, approved', ['S-3', 'C-16'], missing, [
      'AUTHOR_ROLE',
      'CLAIM_UNKNOWN',
    ]),
    'decision-stranger': folded('Not who may', ['C-16'], strangers, [
      'AUTHOR_ROLE',
      'AUTHOR_ROLE',
      'AUTHOR_ROLE',
    ]),
    'decision-early': folded('Before all have signed', ['C-17'], early, [
      'STATE_FORBIDS',
      'STATE_FORBIDS',
    ]),
  };
}

function afterwardsCase(): Cases {
  const closed = milestoned();
  const paid = planTicks(closed.contract.document).slice(0, 5);
  closed.pay('disbursement', paid, START + 20);
  closed.pay('repayment', [{ n: 0, amountUnits: 520_000_000n }], at(90));
  closed.close(at(91));
  decide(closed, 'approval', claim(closed, 1, at(92)), at(93));
  const altered = milestoned();
  const claimed = claim(altered, 1, at(12));
  altered.events.pop();
  altered.parsed.pop();
  decide(altered, 'approval', signAs('business', claimed), at(13));
  return {
    'decision-closed': folded('After the closure', ['C-15', 'S-4'], closed),
    'claim-embedded': folded('A claim only its approval carries', ['S-3', 'E-3'], altered),
  };
}

/** Folder `milestones`. */
export function milestoneCases(): Cases {
  return { ...standingCases(), ...refusedCases(), ...afterwardsCase() };
}

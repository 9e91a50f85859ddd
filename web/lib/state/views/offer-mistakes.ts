/** What the protocol finds contradictory in an offer, in words, beside the field it is about. */
import {
  MAX_TERM_DAYS,
  offerContradiction,
  termDaysOf,
  type OfferDocument,
  type Reject,
} from '@realyield/protocol';
import { amountText, leastUnits } from '../../amount.ts';
import { formatBps, formatCount } from '../../format.ts';
import type { Mistakes } from './read-fields.ts';

type Where = string | ((tranche: number) => string);

interface Explained {
  readonly path: Where;
  readonly sentence: string;
}

const inTranche = (field: string) => (tranche: number) => `tranches.${tranche}.${field}`;

/** A late fee nobody could pay to the last. */
export const LATE_FEE =
  'Write the late fee without fractions of a sat or of the currency’s least coin.';

function leastText({ denomination }: OfferDocument): string {
  if (denomination.type === 'msat') return 'one sat';
  return amountText(leastUnits(denomination), denomination);
}

/** Contradictions that are the same whatever the figures. */
const PLAIN: Readonly<Record<string, Explained>> = {
  minimumTicketUnits: {
    path: 'minimumTicket',
    sentence: 'The smallest ticket is more than the amount sought.',
  },
  minimumTotalUnits: {
    path: 'minimumTotal',
    sentence: 'The least that must come together is more than the amount sought.',
  },
  attester: { path: 'attesterKey', sentence: 'The business cannot confirm its own milestones.' },
  guarantee: {
    path: 'guaranteePercent',
    sentence: 'Of the smallest ticket that would be too little to be paid.',
  },
  bond: {
    path: 'bond.amount',
    sentence: 'Of the smallest ticket that would be less than one sat of the bond.',
  },
  rateBps: { path: 'ratePercent', sentence: 'A share of sales bears no interest.' },
  due: {
    path: 'plan.first',
    sentence: 'Months need days of 24 hours, which this network does not have.',
  },
  dayCount: {
    path: 'plan.dayCount',
    sentence: 'Months of 30 days need days of 24 hours, which this network does not have.',
  },
  lateFee: { path: 'plan.lateFlat', sentence: LATE_FEE },
  principalMoratorium: {
    path: 'plan.principalMoratorium',
    sentence: 'The last instalment at least must ask for it: write fewer than there are.',
  },
  interestMoratorium: {
    path: 'plan.interestMoratorium',
    sentence: 'The last instalment at least must ask for it: write fewer than there are.',
  },
};

function pathOfTerm({ plan }: OfferDocument): string {
  if (plan.type === 'bullet') return 'plan.first';
  return plan.due.rule === 'list' ? 'plan.list' : 'plan.every';
}

function explain(document: OfferDocument, detail: string | undefined): Explained {
  // A guarantee by the bond has a bond here: what does not fit is the currency.
  if (detail === 'guarantee' && document.guarantee.type === 'bond') {
    return {
      path: 'bond.allocation',
      sentence:
        'A bond is bitcoin: it can say how much of a debt in bitcoin is made good, no other.',
    };
  }
  const plain = PLAIN[detail ?? ''];
  if (plain) return plain;
  const shares = document.tranches.reduce((sum, tranche) => sum + tranche.shareBps, 0);
  switch (detail) {
    case 'plan':
      return {
        path: pathOfTerm(document),
        sentence:
          `The last instalment would fall due on day ${formatCount(termDaysOf(document.plan))}; ` +
          `no loan may last longer than ${formatCount(MAX_TERM_DAYS)} days.`,
      };
    case 'streamDays':
      return {
        path: inTranche('streamDays'),
        sentence: 'It is paid out over more days than it has before it lapses.',
      };
    case 'startDay':
      return {
        path: inTranche('startDay'),
        sentence: 'It begins before the tranche above it is paid out.',
      };
    case 'windowDays':
      return {
        path: inTranche('windowDays'),
        sentence:
          'It must be paid out, or lapse, by the last due day, ' +
          `day ${formatCount(termDaysOf(document.plan))} of the contract.`,
      };
    case 'coolingOffDays':
      return {
        path: inTranche('windowDays'),
        sentence: 'It would lapse before an investor’s time to think again has ended.',
      };
    case 'ticks':
      return {
        path: inTranche('ticks'),
        sentence: `Of the smallest ticket each payment would be less than ${leastText(document)}.`,
      };
    case 'denomination':
    case 'oracles':
    case 'quorum':
      return {
        path: 'denomination.oracles',
        sentence: 'No party may be an oracle, and more than half of them must agree.',
      };
    case 'shareBps':
      return {
        path: () => `tranches.${document.tranches.length - 1}.sharePercent`,
        sentence: `The shares make ${formatBps(shares)}; together they must make 100\u202f%.`,
      };
    default:
      return {
        path: 'amountSought',
        sentence: `These terms contradict each other${detail ? ` (${detail})` : ''}.`,
      };
  }
}

/** The first tranche without which the contradiction would not be there. */
function trancheOf(document: OfferDocument, contradiction: Reject): number {
  const found = document.tranches.findIndex((_, index) => {
    const tranches = document.tranches.slice(0, index + 1);
    return offerContradiction({ ...document, tranches })?.detail === contradiction.detail;
  });
  return found < 0 ? document.tranches.length - 1 : found;
}

/** The sentence for a contradiction, by the path of the field it stands beside. */
export function mistakeOf(document: OfferDocument, contradiction: Reject): Mistakes {
  const { path, sentence } = explain(document, contradiction.detail);
  const where = typeof path === 'string' ? path : path(trancheOf(document, contradiction));
  return { [where]: sentence };
}

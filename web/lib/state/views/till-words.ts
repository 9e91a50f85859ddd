/** What an offer or a contract says about a till, in words. */
import type { ContractDocument } from '@realyield/protocol';
import type { PointView } from '../../components/models.ts';
import { formatBps } from '../../format.ts';

type TillShare = NonNullable<ContractDocument['tillShare']>;

/** The share of each sale, for the terms in plain words; empty where there is none. */
export function tillShareWords(tillShare: TillShare | undefined): readonly string[] {
  if (!tillShare) return [];
  const { shareBps, runBy } = tillShare;
  const who = runBy === 'bank' ? 'the bank' : 'the business';
  return [
    `${formatBps(shareBps)} of each sale at the till, which ${who} runs, repays the loan at ` +
      'once, for all who lend together.',
  ];
}

/** What a till that a bank runs does after a default; empty where it does no more than before. */
export function recoveryWords(tillShare: TillShare | undefined): readonly string[] {
  if (!tillShare || tillShare.recoveryBps <= tillShare.shareBps) return [];
  return [
    `After a default, until nothing is late, ${formatBps(tillShare.recoveryBps)} of each sale at ` +
      'the bank’s till repays the loan. It reaches only sales through that till.',
  ];
}

/** What a till protects an investor from; none where there is no till. */
export function tillPoints(tillShare: TillShare | undefined): readonly PointView[] {
  if (!tillShare) return [];
  const text = [...tillShareWords(tillShare), ...recoveryWords(tillShare)].join(' ');
  return [{ label: 'It is repaid as it is sold', text }];
}

/** What a till exposes an investor to: the bank holds the takings until it pays them on. */
export function takingsPoints(tillShare: TillShare | undefined): readonly PointView[] {
  if (tillShare?.runBy !== 'bank') return [];
  return [
    {
      label: 'The bank holds the takings',
      text:
        'What customers pay is in the bank’s wallet until it pays investors and the business ' +
        'their parts.',
    },
  ];
}

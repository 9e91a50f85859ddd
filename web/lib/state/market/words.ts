/** Countries, plans and stages as words. */
import { currencyName } from '../../currencies.ts';
import type { StatusView } from '../../components/models.ts';
import type { OfferStage, PlanName, SortName } from './query.ts';

const countryNames = new Intl.DisplayNames('en', { type: 'region' });

/** A country by its ISO 3166-1 alpha-2 code; the code where nothing is known. */
export function countryName(code: string): string {
  try {
    return countryNames.of(code) ?? code;
  } catch {
    return code;
  }
}

/** Plans in a word or two. */
export const PLAN_WORDS: Readonly<Record<PlanName, string>> = {
  bullet: 'all at the end',
  interestOnly: 'interest, then all at the end',
  equalPrincipal: 'equal parts of principal',
  annuity: 'level instalments',
  revenueShare: 'a share of sales',
};

/** Stages in a word or two. */
export const STAGE_WORDS: Readonly<Record<OfferStage, string>> = {
  open: 'open',
  funded: 'fully funded',
  repaying: 'repaying',
  late: 'late',
  repaid: 'repaid',
  defaulted: 'defaulted',
  expired: 'expired',
  closed: 'closed',
  withdrawn: 'withdrawn',
};

/** How a stage is marked. */
export const STAGE_TONES: Readonly<Record<OfferStage, StatusView['tone']>> = {
  open: 'active',
  funded: 'done',
  repaying: 'active',
  late: 'problem',
  repaid: 'done',
  defaulted: 'problem',
  expired: 'plain',
  closed: 'plain',
  withdrawn: 'plain',
};

/** A denomination by its key: `bitcoin`, `US Dollar (USD)`. */
export function unitWords(key: string): string {
  if (key === 'bitcoin') return 'bitcoin';
  const [currency = ''] = key.split('-');
  return `${currencyName(currency)} (${key})`;
}

/** Orders as a choice reads. */
export const SORT_WORDS: Readonly<Record<SortName, string>> = {
  newest: 'Newest first',
  yield: 'Highest yield first',
  term: 'Shortest term first',
  left: 'Most left to fund first',
  ontime: 'Best repaid bank first',
};

/** What the local market's arbiters say of themselves. All invented. */
import type { ArbiterProfileDocument } from '@realyield/protocol';
import { APPOINTEES, type AppointeeId } from './appointees.ts';

/** What differs between them. */
type Said = Pick<
  ArbiterProfileDocument,
  'about' | 'languages' | 'countries' | 'scope' | 'rules' | 'fee'
>;

const SAID: Readonly<Partial<Record<AppointeeId, Said>>> = {
  kamau: {
    about:
      'I sat as a magistrate in Nakuru for nineteen years and have settled disputes of savings ' +
      'societies since 2011. I belong to none of them.',
    languages: ['en', 'sw'],
    countries: ['KE', 'TZ', 'UG'],
    scope:
      'Money lent to a business and not repaid, not paid out, or not used as promised. ' +
      'I decide nothing about land and nothing between relatives.',
    rules:
      'I read what both sides send, then hear both in one sitting. I write one page that says ' +
      'what was shown and what was not. It takes me about five weeks from the day I take a case.',
    fee: { caseMsat: '60000000', awardBps: 150, paidBy: 'loser' },
  },
  ayala: {
    about:
      'Third notary of my family in San Salvador. I decide for cooperatives where the first ' +
      'arbiter does not, and sometimes as the first.',
    languages: ['en', 'es'],
    countries: [],
    scope: 'Loans of cooperatives and savings banks, anywhere, as far as papers can show it.',
    rules:
      'In writing only. Each side answers twice, ten days each, and I rule on the papers within ' +
      'a month.',
    fee: { caseMsat: '90000000', awardBps: 0, paidBy: 'halves' },
  },
};

/** The profiles of those who decide, each with whose it is. */
export function arbiterProfiles(
  relays: readonly string[],
): readonly { readonly id: AppointeeId; readonly document: ArbiterProfileDocument }[] {
  return APPOINTEES.flatMap(({ id, name, place }) => {
    const said = SAID[id];
    const document = said && { v: 1 as const, name, place, ...said, relays: [...relays] };
    return document ? [{ id, document }] : [];
  });
}

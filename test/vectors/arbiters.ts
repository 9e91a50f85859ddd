/** Vectors of arbiters' profiles (32815): folder `listings`. */
import { buildArbiterProfile, type ArbiterProfileDocument } from '@realyield/protocol';
import { arbiterDocument, signAs } from '../fixtures/loan.ts';
import { finish, type Cases, type Vector } from './vector.ts';

const AT = 1_800_000_000;

/** One that is read, and those that contradict themselves. */
export function arbiterCases(): Cases {
  const event = (change: Partial<ArbiterProfileDocument>) =>
    signAs('arbiter', buildArbiterProfile(arbiterDocument(change), AT));
  const refused = (name: string, change: Partial<ArbiterProfileDocument>): Vector =>
    finish(['CONTENT_TERMS'], { name, requires: ['L-19', 'E-14'], event: event(change) });
  return {
    'arbiter-read': finish([], {
      ...{ name: 'An arbiter says what it decides and for what fee', requires: ['L-19'] },
      event: event({}),
    }),
    'arbiter-languages': refused('Languages out of order', { languages: ['sw', 'en'] }),
    'arbiter-language-twice': refused('A language twice', { languages: ['en', 'en'] }),
    'arbiter-countries': refused('Countries out of order', { countries: ['SV', 'KE'] }),
    'arbiter-country': refused('A country there is not', { countries: ['UK'] }),
  };
}

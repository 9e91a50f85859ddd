/**
 * Those whom the local market's offers appoint: arbiters, a trustee, a backup servicer. They have
 * keys and signers, and neither wallets nor helpers: what they sign, a visitor signs as them. All
 * invented.
 */
import type { AppointeeRole } from '@realyield/protocol';
import type { PersonaProfile } from './personas.ts';

/** Short names, in the order they are shown. */
export const APPOINTEE_IDS = ['kamau', 'ayala', 'vault', 'ahero'] as const;

/** An appointee's short name. */
export type AppointeeId = (typeof APPOINTEE_IDS)[number];

/** How an appointee is shown on the page where visitors choose whom to be. */
export type AppointeeProfile = Pick<PersonaProfile, 'name' | 'about' | 'biography' | 'place'> & {
  readonly id: AppointeeId;
  readonly role: 'arbiter' | 'trustee' | 'backup servicer';
};

/** Whom an offer names for what. */
export type Appointed = Readonly<Partial<Record<AppointeeRole, AppointeeId>>>;

/** All of them. */
export const APPOINTEES: readonly AppointeeProfile[] = [
  {
    id: 'kamau',
    role: 'arbiter',
    name: 'Wanjiru Kamau',
    about: 'Retired magistrate in Nakuru. Has settled disputes of savings societies since 2011.',
    biography:
      'She hears both sides in one sitting, on the premises where that is possible, and writes a ' +
      'page. Two of her forty-one rulings were taken further, and both stood.',
    place: { country: 'KE', locality: 'Nakuru' },
  },
  {
    id: 'ayala',
    role: 'arbiter',
    name: 'Teresa Ayala',
    about: 'Notary in San Salvador. Decides for cooperatives where the first arbiter does not.',
    biography:
      'Third notary of her family. She keeps a list of what she was asked to decide and when she ' +
      'did, and shows it to whoever asks.',
    place: { country: 'SV', locality: 'San Salvador' },
  },
  {
    id: 'vault',
    role: 'trustee',
    name: 'Lakeside Trustees',
    about: 'Keeps logbooks, titles and pledges for lenders in a strong room in Kisumu.',
    biography:
      'Four people and a strong room that was a bank’s. They hand over what they hold as the ' +
      'contract says, to nobody else, and publish what they hold each quarter.',
    place: { country: 'KE', locality: 'Kisumu' },
  },
  {
    id: 'ahero',
    role: 'backup servicer',
    name: 'Ahero Growers’ Society',
    about: 'A savings society of rice growers. Does a neighbour society’s work when it cannot.',
    biography:
      'Nine hundred growers on the Ahero scheme. When the lake closed the road in 2020 it kept ' +
      'the books of two other societies for eleven weeks, and gave them back.',
    place: { country: 'KE', locality: 'Ahero' },
  },
];

/** What a bank says of itself: text fields in, a profile or what is wrong with them out. */
import { COUNTRIES, type BankProfileDocument } from '@realyield/protocol';
import { FieldReader, type Mistakes } from './read-fields.ts';

/** The fields, as typed. */
export interface ProfileForm {
  name: string;
  locality: string;
  /** Two letters. */
  country: string;
  charter: string;
  about: string;
  policy: string;
  website: string;
}

/** The profile, or a sentence for each field that does not fit. */
export type ProfileFormResult =
  | { readonly ok: true; readonly document: BankProfileDocument }
  | { readonly ok: false; readonly mistakes: Mistakes };

const MOST_RELAYS = 8;

/** The form as it begins: what the bank says now, or nothing. */
export function profileForm(now: BankProfileDocument | undefined): ProfileForm {
  return {
    name: now?.name ?? '',
    locality: now?.place.locality ?? '',
    country: now?.place.country ?? '',
    charter: now?.charter ?? '',
    about: now?.about ?? '',
    policy: now?.policy ?? '',
    website: now?.website ?? '',
  };
}

/**
 * Reads the form. Relays are those the bank uses; what the form does not ask, its node and the
 * arbiters it accepts, stays as it is said now.
 */
export function readProfileForm(
  form: ProfileForm,
  relays: readonly string[],
  now: BankProfileDocument | undefined,
): ProfileFormResult {
  const read = new FieldReader();
  const text = (field: keyof ProfileForm, most: number, sentence: string): string =>
    read.text(field, form[field], { most, sentence });
  const country = form.country.trim().toUpperCase();
  if (!COUNTRIES.some((code) => code === country)) {
    read.wrong('country', 'Choose the country the bank is registered in.');
  }
  const website = read.text('website', form.website, { most: 200 });
  if (website !== '' && !/^https:\/\/[^\s]+$/.test(website)) {
    read.wrong('website', 'A website begins with https://.');
  }
  const document: BankProfileDocument = {
    v: 1,
    name: text('name', 80, 'Write the bank’s name as its members know it.'),
    about: text('about', 2_000, 'Say who owns the bank and whom it lends to.'),
    place: { country, locality: text('locality', 80, 'Write the town.') },
    charter: text('charter', 200, 'Say by what licence or charter it is a bank.'),
    policy: text('policy', 2_000, 'Say how it decides, and what it does about a missed payment.'),
    relays: relays.slice(0, MOST_RELAYS),
    arbiters: now?.arbiters ?? [],
    ...(website === '' ? {} : { website }),
    ...(now?.nodeId === undefined ? {} : { nodeId: now.nodeId }),
  };
  const { mistakes } = read;
  return mistakes ? { ok: false, mistakes } : { ok: true, document };
}

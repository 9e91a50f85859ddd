/** What a bank says of itself, from fields to a profile that readers accept. */
import { buildBankProfile, readEvent } from '@realyield/protocol';
import { expect, it } from 'vitest';
import { createLocalSigner } from '../../signer/local-signer.ts';
import { profileForm, readProfileForm } from './profile-form.ts';

const RELAYS = Array.from({ length: 9 }, (_, at) => `wss://relay-${at}.example`);
const FORM = {
  ...profileForm(undefined),
  name: 'Caja de Ahorro',
  locality: 'Suchitoto',
  country: 'sv',
  charter: 'Cooperative savings bank, registered 1987',
  about: 'Owned by its members.',
  policy: 'We visit within ten days of a missed payment.',
};

it('becomes a profile that a reader accepts, and the form again', async () => {
  const read = readProfileForm(FORM, RELAYS, undefined);
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
  const signer = createLocalSigner(new Uint8Array(32).fill(7));
  const event = await signer.sign(buildBankProfile(read.document, 1_800_000_000));
  expect(readEvent(event, () => true)).toMatchObject({ ok: true });
  expect(profileForm(read.document)).toEqual({ ...FORM, country: 'SV' });
});

it('says beside each field what is wrong with it', () => {
  const read = readProfileForm(
    { ...profileForm(undefined), website: 'ftp://x' },
    RELAYS,
    undefined,
  );
  expect(read.ok ? [] : Object.keys(read.mistakes).sort()).toEqual(
    ['about', 'charter', 'country', 'locality', 'name', 'policy', 'website'].sort(),
  );
});

it('keeps what it does not ask for', () => {
  const nodeId = `02${'ab'.repeat(32)}`;
  const before = readProfileForm(FORM, RELAYS, undefined);
  if (!before.ok) throw new Error('the form is right');
  const now = { ...before.document, nodeId, arbiters: ['cd'.repeat(32)] };
  const after = readProfileForm({ ...FORM, name: 'Caja Rural' }, RELAYS, now);
  expect(after).toMatchObject({ ok: true, document: { nodeId, arbiters: now.arbiters } });
});

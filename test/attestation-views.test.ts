// What is shown of attestations: an offer's checks, who vouches and in which order, and that
// nothing of it reaches a figure.
import {
  buildAttestation,
  buildOffer,
  computeStateHash,
  foldContract,
  readEvent,
  summarizeContract,
  type AttestationDocument,
  type OfferDocument,
  type ParsedAttestation,
  type ParsedEvent,
  type ParsedOffer,
} from '@realyield/protocol';
import { expect, it } from 'vitest';
import type { Catalog } from '../web/lib/engine/catalog.ts';
import { ListingBook } from '../web/lib/engine/listing-book.ts';
import { checkedView, vouchGroups } from '../web/lib/state/views/attestations.ts';
import { checklistForm, readChecklist } from '../web/lib/state/views/checklist.ts';
import type { Names } from '../web/lib/state/views/people.ts';
import { Loan, hashOf, offerDocument, publicOf, signAs } from './fixtures/loan.ts';

const AT = 1_800_000_000;

function read<Name extends ParsedEvent['name']>(raw: unknown, name: Name) {
  const answer = readEvent(raw);
  const parsed = answer.ok ? answer.value.at(-1) : undefined;
  if (parsed?.name !== name) throw new Error(answer.ok ? 'another kind' : answer.code);
  return parsed as Extract<ParsedEvent, { name: Name }>;
}

function attest(author: string, said: Partial<AttestationDocument>, atSec = AT): ParsedAttestation {
  const document: AttestationDocument = {
    ...{ v: 1, subject: publicOf('business'), matter: 'loan', statement: 'Seen.' },
    ...{ checkedAtSec: AT, documents: [], ...said },
  };
  return read(signAs(author, buildAttestation(document, atSec)), 'attestation');
}

const vouch = (author: string, more: Partial<AttestationDocument> = {}, atSec = AT) =>
  attest(author, { subject: publicOf('bank'), matter: 'vouch', reasons: ['lent'], ...more }, atSec);

const takenBack = { takenBack: true as const };

function namesOver(...events: readonly ParsedEvent[]): Names {
  const listings = new ListingBook();
  for (const event of events) listings.add(event);
  const bankProfile = (key: string) => (key === publicOf('bank 2') ? {} : undefined);
  const profile = (key: string) =>
    bankProfile(key) && { document: { name: 'Another bank' }, event: {} };
  return {
    catalog: { listings, bankProfile: profile } as unknown as Catalog,
    world: undefined,
    own: new Set([publicOf('me')]),
  };
}

const checks = [{ what: 'books' as const, result: 'confirmed' as const }];
const offerNaming = (attestation: OfferDocument['attestation']): ParsedOffer =>
  read(signAs('bank', buildOffer(offerDocument(attestation ? { attestation } : {}), AT)), 'offer');

it('shows of an offer what its bank checked of its business, requires: L-18', () => {
  const own = attest('bank', { checks, grade: 'B' });
  const offer = offerNaming({ matter: 'loan', id: own.event.id });
  const shown = checkedView(namesOver(own), offer);
  expect(shown?.warning).toBeUndefined();
  expect(shown?.statement).toBe('Seen.');
  expect(shown?.lines).toEqual([
    { what: 'Accounts and bank statements', status: { text: 'confirmed', tone: 'done' } },
  ]);
  expect(shown?.unchecked).toContain('taxes paid');
  expect(shown?.sentence).toContain('The grade is B');

  expect(checkedView(namesOver(own), offerNaming(undefined))).toBeUndefined();
  const others = [attest('stranger', { checks }), attest('bank', { checks, matter: 'other' })];
  expect(checkedView(namesOver(...others), offer)?.warning).toContain('None of the relays');
  const anew = attest('bank', { checks, grade: 'D' }, AT + 9);
  expect(checkedView(namesOver(anew, own), offer)?.warning).toContain('anew');
});

it('does not revive what was taken back, requires: L-16', () => {
  const own = attest('bank', { checks, grade: 'A' });
  const offer = offerNaming({ matter: 'loan', id: own.event.id });
  const back = attest('bank', takenBack, AT + 9);
  for (const events of [
    [own, back],
    [back, own],
  ]) {
    const shown = checkedView(namesOver(...events), offer);
    expect(shown).toMatchObject({ lines: [], statement: '' });
    expect(shown?.warning).toContain('no longer stands by');
  }
  const said = vouch('ana');
  const unsaid = attest(
    'ana',
    { subject: publicOf('bank'), matter: 'vouch', ...takenBack },
    AT + 9,
  );
  expect(vouchGroups(namesOver(said), publicOf('bank'), undefined)).toHaveLength(1);
  expect(vouchGroups(namesOver(unsaid, said), publicOf('bank'), undefined)).toEqual([]);
});

it('puts first those whom the viewer follows or trusts, and strangers last', () => {
  const authors = ['stranger', 'bank 2', 'trusted', 'followed', 'me', 'other stranger'];
  const names = namesOver(...authors.map((author, index) => vouch(author, {}, AT + index)));
  const groups = vouchGroups(names, publicOf('bank'), {
    isFollowed: (key) => key === publicOf('followed'),
    isTrusted: (key) => key === publicOf('trusted') || key === publicOf('followed'),
  });
  const whoIn = groups.map(({ key, vouches }) => [key, vouches.map(({ who }) => who.publicKey)]);
  expect(whoIn).toEqual([
    ['own', [publicOf('me')]],
    ['followed', [publicOf('followed')]],
    ['trusted', [publicOf('trusted')]],
    ['banks', [publicOf('bank 2')]],
    ['strangers', [publicOf('other stranger'), publicOf('stranger')]],
  ]);
  expect(groups[1]?.vouches[0]?.why).toBe('Lent through it');
  const alone = vouchGroups(names, publicOf('bank'), undefined);
  expect(alone.map(({ key }) => key)).toEqual(['own', 'banks', 'strangers']);
});

it('changes no figure, however many vouch, requires: L-17', () => {
  const loan = new Loan();
  loan.signAll();
  const crowd = Array.from({ length: 40 }, (_, index) => vouch(`key ${index}`));
  const on = Array.from({ length: 40 }, (_, index) => attest(`key ${index}`, { checks }));
  const figures = (events: readonly ParsedEvent[]) => {
    const fold = foldContract(loan.root, events);
    if (!fold.ok) throw new Error(fold.code);
    const { state } = fold.value;
    return [computeStateHash(state), summarizeContract(state, loan.startAtSec + 86_400)];
  };
  expect(figures([...crowd, ...loan.parsed, ...on])).toEqual(figures(loan.parsed));
});

it('publishes of a checklist results, grade and fingerprints, and no file’s name', () => {
  const documents = [hashOf('a'), hashOf('b')].map((sha256) => ({ name: 'Debts.pdf', sha256 }));
  const form = checklistForm(documents);
  expect(readChecklist(form, documents)).toMatchObject({
    mistakes: {
      checks: expect.stringContaining('at least one') as string,
      statement: expect.stringContaining('Say in a sentence') as string,
    },
  });
  form.results.security = 'notConfirmed';
  form.results.books = 'partly';
  form.statement = 'Two visits.\tOne\u202e audit.';
  expect(readChecklist(form, documents).ok).toBe(false);
  form.statement = 'Two visits.';
  form.grade = 'C';
  form.documents[1] = true;
  const published = readChecklist(form, documents);
  if (!published.ok) throw new Error('not read');
  expect(published.statement).toEqual({
    statement: 'Two visits.',
    checks: [
      { what: 'books', result: 'partly' },
      { what: 'security', result: 'notConfirmed' },
    ],
    grade: 'C',
    documents: [{ name: 'Paper 2', sha256: hashOf('b') }],
  });
  const { document } = attest('bank', published.statement);
  expect(checklistForm(documents, document)).toEqual(form);
});

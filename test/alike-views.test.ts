// Names of strangers that are nearly another's: who is marked, and what tells the two apart.
import {
  buildArbiterProfile,
  buildBankProfile,
  buildOffer,
  readEvent,
  type ParsedEvent,
  type Template,
} from '@realyield/protocol';
import unhomoglyph from 'unhomoglyph';
import { describe, expect, it } from 'vitest';
import type { Catalog } from '../web/lib/engine/catalog.ts';
import { ListingBook } from '../web/lib/engine/listing-book.ts';
import { shortNpub } from '../web/lib/format.ts';
import { Lookalikes } from '../web/lib/state/lookalikes.ts';
import { alikePeople, alikeSentence } from '../web/lib/state/views/alike.ts';
import { nameInFile, nameOf, personView, type Names } from '../web/lib/state/views/people.ts';
import { arbiterDocument, profileDocument } from '../protocol/src/testing/offers.ts';
import { offerDocument, publicOf, signAs } from './fixtures/loan.ts';

const AT = 1_800_000_000;
const MIMIC = 'Ваnk Ѕоlіdаrіа';

function read(author: string, template: Template): ParsedEvent {
  const answer = readEvent(signAs(author, template));
  const parsed = answer.ok ? answer.value.at(-1) : undefined;
  if (!parsed) throw new Error(answer.ok ? 'nothing' : answer.code);
  return parsed;
}

const bank = (author: string, name: string, atSec = AT): ParsedEvent =>
  read(author, buildBankProfile(profileDocument({ name }), atSec));
const arbiter = (author: string, name: string): ParsedEvent =>
  read(author, buildArbiterProfile(arbiterDocument({ name }), AT));

function offer(author: string, business: string, name: string): ParsedEvent {
  const named = { ...offerDocument().business, pubkey: publicOf(business), name };
  return read(author, buildOffer(offerDocument({ business: named }), AT));
}

const genuine = bank('bank', 'Bank Solidaria');
const mimic = bank('mimic', MIMIC);

function namesOver(events: readonly ParsedEvent[], more: Partial<Names> = {}): Names {
  const listings = new ListingBook();
  for (const event of events) listings.add(event);
  const lookalikes = new Lookalikes(unhomoglyph);
  const catalog = {
    listings,
    bankProfile: (key: string) => listings.profile(key),
    offers: () => listings.offers(),
    rootsOfBank: () => [],
    contractsOf: () => [],
  } as unknown as Catalog;
  return { catalog, world: undefined, own: new Set(), lookalikes, alikeSentence, ...more };
}

const said = (names: Names, who: string) => alikeSentence(names, publicOf(who));
const keyOf = (who: string) => shortNpub(publicOf(who));
const knowing = (...known: string[]) => ({
  isKnown: (key: string) => known.some((who) => publicOf(who) === key),
});

describe('a name that is nearly another’s', () => {
  it('is marked on both while the reader knows neither, requires: L-21', () => {
    const names = namesOver([genuine, mimic, bank('third', 'Bank of the Coast')]);
    expect(said(names, 'mimic')).toBe(`Another bank here has nearly this name: ${keyOf('bank')}`);
    expect(said(names, 'bank')).toBe(`Another bank here has nearly this name: ${keyOf('mimic')}`);
    expect(said(names, 'third')).toBeUndefined();
    expect(nameOf(names, publicOf('mimic'))).toBe(`${MIMIC} (${keyOf('mimic')})`);
    expect(nameOf(names, publicOf('third'))).toBe('Bank of the Coast');
    expect(personView(names, publicOf('mimic')).alike).toBe(said(names, 'mimic'));
  });

  it('stands with the key in a file too, requires: L-21', () => {
    const names = namesOver([genuine, mimic, bank('third', 'Bank of the Coast')]);
    expect(nameInFile(names, publicOf('mimic'))).toBe(`${MIMIC} (${keyOf('mimic')})`);
    expect(nameInFile(names, publicOf('third'))).toBe('Bank of the Coast');
    expect(nameInFile(names, publicOf('fourth'))).toBe(publicOf('fourth'));
  });

  it('is marked on the stranger alone where the reader knows the other, requires: L-21', () => {
    const names = namesOver([genuine, mimic], knowing('bank'));
    expect(said(names, 'mimic')).toBe(`A bank you know has nearly this name: ${keyOf('bank')}`);
    expect(said(names, 'bank')).toBeUndefined();
    const own = namesOver([genuine, mimic], { own: new Set([publicOf('bank')]) });
    expect(said(own, 'mimic')).toBe(`You have nearly this name: ${keyOf('bank')}`);
    expect(said(own, 'bank')).toBeUndefined();
  });

  it('says what else is known of each, the one in question first', () => {
    const people = alikePeople(namesOver([genuine, mimic], knowing('bank')), publicOf('mimic'));
    expect(people).toEqual([
      {
        publicKey: publicOf('mimic'),
        href: undefined,
        words: 'The one shown here. No contract of it is known here.',
      },
      {
        publicKey: publicOf('bank'),
        href: `/banks/${publicOf('bank')}`,
        words: 'The one you know. No contract of it is known here.',
      },
    ]);
  });

  it('is seen across banks, arbiters and businesses', () => {
    const names = namesOver([genuine, arbiter('judge', 'BANK SOLIDARIA')]);
    expect(said(names, 'judge')).toBe(`A bank here has nearly this name: ${keyOf('bank')}`);
    const shops = namesOver([
      offer('bank', 'shop', 'Panadería'),
      offer('other', 'fake', 'Panaderia'),
    ]);
    expect(said(shops, 'shop')).toBe(
      `Another business here has nearly this name: ${keyOf('fake')}`,
    );
  });

  it('is none where one bank names a business by a key for each loan', () => {
    const names = namesOver([
      offer('bank', 'shop', 'Panadería'),
      offer('bank', 'loan', 'Panadería'),
    ]);
    expect(said(names, 'shop')).toBeUndefined();
  });

  it('is forgotten once the newest version has another', () => {
    const names = namesOver([genuine, mimic, bank('mimic', 'An honest name', AT + 1)]);
    expect(said(names, 'bank')).toBeUndefined();
  });

  it('counts the others where there are many', () => {
    const crowd = Array.from({ length: 30 }, (_, index) => bank(`mimic ${index}`, MIMIC));
    const names = namesOver([genuine, ...crowd]);
    expect(said(names, 'bank')).toMatch(
      /^Another bank here has nearly this name: .* and 29 others$/,
    );
    expect(alikePeople(names, publicOf('bank'))).toHaveLength(6);
  });
});

describe('a name that says nothing', () => {
  it.each(['\u200b', '\u202e ', '\u3164', '\u2800', '\u00ad'])(
    'gives way to the key: %j',
    (name) => {
      const names = namesOver([bank('bank', name)]);
      expect(personView(names, publicOf('bank')).name).toBeUndefined();
      expect(nameOf(names, publicOf('bank'))).toBe(keyOf('bank'));
    },
  );

  it('is never the reader’s own word for themselves', () => {
    const names = namesOver([bank('bank', 'Уоu')]);
    expect(said(names, 'bank')).toBe('This is not you: somebody has chosen that name');
  });
});

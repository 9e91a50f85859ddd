// What a contract's timeline says of keys: who replaced or revoked one, and who acts by a new one.
import { expect, it } from 'vitest';
import type { ParsedEvent } from '@realyield/protocol';
import type { Catalog } from '../web/lib/engine/catalog.ts';
import { shortNpub } from '../web/lib/format.ts';
import type { Names } from '../web/lib/state/views/people.ts';
import { timelineView } from '../web/lib/state/views/timeline.ts';
import { revoke, rotate } from './fixtures/agreements.ts';
import { Loan, publicOf } from './fixtures/loan.ts';

const nobody = {
  bankProfile: () => undefined,
  listings: { arbiter: () => undefined, offerOfBusiness: () => undefined },
  cases: { ofContract: () => [] },
};
const names: Names = {
  catalog: nobody as unknown as Catalog,
  world: undefined,
  own: new Set(),
};

it('names keys that were replaced and revoked, and knows who acts by a new one', () => {
  const loan = new Loan();
  loan.signAll();
  const atSec = loan.startAtSec + 50;
  rotate(loan, 'bank', { from: 'bank', to: 'bank new' }, atSec);
  revoke(loan, 'bank', 'bank new', atSec + 10);
  const events: ParsedEvent[] = [
    ...new Map(loan.parsed.map((parsed) => [parsed.event.id, parsed])).values(),
  ];
  const timeline = timelineView(
    names,
    { root: loan.root, fold: loan.fold(), stateHash: '' },
    events,
  );
  const [revoked, rotated] = timeline;
  expect(rotated?.title).toBe('Key of the bank replaced');
  expect(revoked?.title).toBe('Key of the bank revoked');
  const [old, fresh] = ['bank', 'bank new'].map((name) => shortNpub(publicOf(name)));
  expect(rotated?.detail).toBe(`From now on ${fresh} acts where ${old} did`);
  expect(revoked?.detail).toBe(`${fresh} signs nothing more in this contract`);
  expect(revoked?.who).toMatchObject({ role: 'bank', publicKey: publicOf('bank') });
  expect(revoked?.checks.every(({ state }) => state === 'ok')).toBe(true);
});

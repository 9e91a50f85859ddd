/**
 * A business applies to a bank in private and the two come to an end, over a real relay; no wallet.
 * requires: AP-8
 */
import { afterEach, expect, it } from 'vitest';
import { hashOf } from '../../web/lib/engine/documents/cipher.ts';
import type { ApplicationForm } from '../../web/lib/engine/applications.ts';
import type { Store } from '../../web/lib/engine/ports.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { publicOf } from '../fixtures/loan.ts';
import { openSqliteStore } from '../world/sqlite-store.ts';
import { systemClock } from '../world/system-clock.ts';
import { Estate } from './estate.ts';
import { until } from './until.ts';

const estate = new Estate();

afterEach(() => estate.close());

const bytes = new TextEncoder().encode('Sold 1200 loaves.\n');
const accounts = { name: 'accounts.txt', sha256: hashOf(bytes), sizeBytes: bytes.length, bytes };
const form: ApplicationForm = {
  ...{ bank: publicOf('bank'), name: '<b>Bakery</b>', purpose: 'An oven', months: 12 },
  ...{ amountMsat: '5000000000', businessCase: 'Bread.', useOfFunds: 'Oven.' },
  ...{ financialHistory: '', documents: [{ name: accounts.name, sha256: accounts.sha256 }] },
};

async function applied(business: Session, changed: Partial<ApplicationForm> = {}): Promise<string> {
  const made = await business.applications.apply({ ...form, ...changed });
  if (!made.ok) throw new Error(made.code);
  return made.value;
}

const untilStatus = (session: Session, id: string, status: string): Promise<boolean> =>
  until(`the application to be ${status}`, () => {
    return session.applications.find(id)?.status === status;
  });

it('is asked about, answered, declined and withdrawn; a reload has it all', async () => {
  const urls = [(await estate.relay()).url];
  const bank = await estate.session('bank', urls, systemClock);
  const kept = openSqliteStore(':memory:');
  // Stays open when the first client ends.
  const store: Store = {
    get: (...of) => kept.get(...of),
    all: (table) => kept.all(table),
    byContract: (...of) => kept.byContract(...of),
    write: (changes) => kept.write(changes),
    close: () => Promise.resolve(),
  };
  const business = await estate.session('business', urls, systemClock, { store });
  const other = await estate.session('business', urls, systemClock);
  for (const name of ['Bank\u202eyrekab', 'x'.repeat(1_000_000), '']) {
    const refused = await business.applications.apply({ ...form, name });
    expect(refused).toMatchObject({ ok: false, code: 'MESSAGE_SHAPE' });
  }
  expect(business.applications.made()).toEqual([]);
  const id = await applied(business);
  await untilStatus(bank, id, 'new');
  expect(bank.applications.received()).toMatchObject([{ id, case: { name: '<b>Bakery</b>' } }]);
  await bank.applications.write(id, 'Who bakes?');
  await bank.applications.decide(id, { status: 'waiting', reason: 'A question' });
  await untilStatus(business, id, 'waiting');
  const notes = (session: Session) => session.applications.find(id)?.notes ?? [];
  await until('the question', () => notes(business).length === 1);
  await business.applications.write(id, 'I do.', notes(business)[0]?.note);
  await until('the answer', () => notes(bank).length === 2);
  // Both may be of one second, and stand in either order.
  const noteOf = (text: string) => notes(bank).find((note) => note.text === text);
  expect(noteOf('I do.')?.answers).toBe(noteOf('Who bakes?')?.note);
  expect(await bank.applications.decide(id, { status: 'declined', reason: '' })).toMatchObject({
    code: 'MESSAGE_SHAPE',
  });
  await bank.applications.decide(id, { status: 'declined', reason: 'No accounts' });
  await untilStatus(business, id, 'declined');
  await business.applications.withdraw(id);
  await untilStatus(bank, id, 'withdrawn');
  await untilStatus(other, id, 'withdrawn');
  expect(other.applications.made()).toMatchObject([{ id, reason: 'No accounts' }]);
  await business.stop();
  const again = await estate.session('business', urls, systemClock, { store: kept });
  expect(again.applications.find(id)?.status).toBe('withdrawn');
});

it('its documents go to the bank, and to no stranger', async () => {
  const urls = [(await estate.relay()).url];
  const business = await estate.session('business', urls, systemClock);
  await business.documents.library.add(accounts, 'parties');
  const bank = await estate.session('bank', urls, systemClock);
  const stranger = await estate.session('stranger', urls, systemClock);
  await untilStatus(bank, await applied(business), 'new');
  // An application of one's own that copies a hash opens nothing.
  await applied(stranger, { bank: publicOf('business') });
  const order = {
    name: accounts.name,
    sha256: accounts.sha256,
    holder: publicOf('business'),
    urls,
  };
  const stateIn = (session: Session) => session.documents.transfers.find(accounts.sha256)?.state;
  await bank.documents.transfers.ask({ ...order, as: publicOf('bank') });
  await until('the accounts', () => stateIn(bank) === 'here');
  await stranger.documents.transfers.ask({ ...order, as: publicOf('stranger') });
  await until('a refusal', () => stateIn(stranger) === 'partiesOnly');
});

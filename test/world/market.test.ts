/**
 * The whole world and its past: every contract is folded from the relays' raw events, as a
 * stranger would, and compared with what the payees' wallets have in their ledgers.
 */
import {
  bondStanding,
  combineBank,
  computeLedger,
  foldContract,
  Kind,
  LEGS,
  offerAddress,
  readEvent,
  summarizeContract,
  type BondStanding,
  type BookUnit,
  type ContractState,
  type OfferDocument,
  type ParsedEvent,
} from '@realyield/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EsploraSource } from '../../web/lib/chain/esplora.ts';
import { isPledge } from '../../web/lib/engine/bonds/pledge-book.ts';
import { createRelays } from '../../web/lib/nostr/relays.ts';
import { ledgerOf } from './control.ts';
import { LOANS, OFFERS } from './market.ts';
import { nodeWebSocket } from './node-web-socket.ts';
import { PERSONA_IDS, type PersonaId } from './personas.ts';
import { systemClock } from './system-clock.ts';
import { startWorld, type World } from './world.ts';

const IN_BITCOIN: BookUnit = { network: 'regtest', denomination: { type: 'msat' } };
const DAY_SEC = 86_400;

let world: World;
let offers: readonly OfferDocument[];
let states: readonly ContractState[];

/** Everything public, each event with those in it. */
async function readAll(): Promise<readonly ParsedEvent[]> {
  const relays = createRelays({ urls: world.relays, webSocket: nodeWebSocket });
  const { events } = await relays.query([{ '#t': ['realyield'] }]);
  const known = events.flatMap((raw) => {
    const read = readEvent(raw);
    return read.ok ? read.value : [];
  });
  const roots = known.filter(({ name }) => name === 'contract').map(({ event }) => event.id);
  const about = await relays.query([{ '#e': [...new Set(roots)] }]);
  relays.close();
  const rest = about.events.flatMap((raw) => {
    const read = readEvent(raw);
    return read.ok ? read.value : [];
  });
  return [...known, ...rest];
}

beforeAll(async () => {
  world = await startWorld({ cast: 'whole', httpPort: 0, relayPorts: [0, 0], helpers: false });
  const events = await readAll();
  const versions = events.filter((parsed) => parsed.name === 'offer');
  const newest = new Map<string, (typeof versions)[number]>();
  for (const version of versions) {
    const address = offerAddress(version.event.pubkey, version.document.identifier);
    const known = newest.get(address);
    if (!known || known.event.created_at < version.event.created_at) newest.set(address, version);
  }
  offers = [...newest.values()].map(({ document }) => document);
  const roots = new Set(events.filter(({ name }) => name === 'contract').map((p) => p.event.id));
  states = [...roots].map((root) => {
    const fold = foldContract(root, events);
    if (!fold.ok) throw new Error(fold.code);
    expect(fold.value.rejects).toEqual([]);
    return fold.value.state;
  });
});

afterAll(() => world.stop());

/** Both banks' pledges by what two sources of the world's chain say. */
async function standingBonds(): Promise<readonly BondStanding[]> {
  const response = await fetch(`${world.url}/world.json`);
  const { chains } = (await response.json()) as { readonly chains: readonly string[] };
  const relays = createRelays({ urls: world.relays, webSocket: nodeWebSocket });
  const { events } = await relays.query([{ kinds: [Kind.bond] }]);
  relays.close();
  const pledges = events.flatMap((raw) => {
    const read = readEvent(raw);
    return read.ok ? read.value.filter(isPledge) : [];
  });
  const sources = chains.map((url) => new EsploraSource(url, systemClock));
  return Promise.all(
    pledges.map(async ({ document, event }) => {
      const answers = await Promise.all(sources.map((each) => each.lookUp(document.outpoint)));
      return bondStanding(document, event.pubkey, answers, systemClock.nowSec());
    }),
  );
}

it('each bank has a bond on the chain, live by two sources', async () => {
  const standings = await standingBonds();
  expect(standings.map(({ state }) => state)).toEqual(['live', 'live']);
});

/** Contracts of an offer. */
function contractsOf(identifier: string): readonly ContractState[] {
  return states.filter(({ contract }) =>
    contract.document.bases.some(
      ({ as, event }) => as === 'offer' && event.content['identifier'] === identifier,
    ),
  );
}

function booksOf(identifier: string) {
  const nowSec = systemClock.nowSec();
  return contractsOf(identifier).map((state) => ({
    status: state.status,
    ...computeLedger(state.contract.document, state.payments, nowSec),
  }));
}

it('has two banks, five businesses and six investors, each with node, signer and wallet', () => {
  const count = (role: string): number =>
    world.personas.filter((persona) => persona.role === role).length;
  expect([count('bank'), count('business'), count('investor')]).toEqual([2, 5, 6]);
  const nodes = PERSONA_IDS.map((id) => world.lightning.of(id).nodeId);
  expect(new Set(nodes).size).toBe(13);
  expect(world.lightning.problems()).toEqual([]);
});

it('offers twelve loans in as many states', () => {
  expect(offers.map(({ identifier }) => identifier).sort()).toEqual(
    OFFERS.map(({ terms }) => terms.identifier).sort(),
  );
  expect(states).toHaveLength(LOANS.length);
  const statusOf = (wanted: string) =>
    offers.find(({ identifier }) => identifier === wanted)?.status;
  expect(statusOf('dye-works')).toBe('withdrawn');
  expect(booksOf('second-oven')).toEqual([]);
  // Partly funded; nothing has streamed yet.
  expect(booksOf('delivery-van')).toMatchObject([{ disbursedUnits: 0n }, { disbursedUnits: 0n }]);
  // Fully funded, and streaming.
  for (const books of booksOf('four-looms')) {
    expect(books.disbursedUnits).toBeGreaterThan(0n);
    expect(books.undisbursedUnits).toBeGreaterThan(0n);
  }
  // The first half is paid out, the second waits for its milestone.
  expect(booksOf('washing-station')).toMatchObject([
    { disbursedUnits: 400_000_000n, undisbursedUnits: 400_000_000n, daysPastDue: 0 },
  ]);
});

it('has one loan repaid and closed, one repaid in time so far, and one late', () => {
  expect(booksOf('easter-flour')).toMatchObject([
    { status: 'closed', repaid: true, payoffUnits: 0n, unallocatedUnits: 0n },
  ]);
  // The bank kept one per cent of what was paid out, and has its share of each repayment.
  const charged = contractsOf('easter-flour').flatMap(({ payments }) =>
    payments.filter(({ leg }) => LEGS[leg].payee === 'bank'),
  );
  expect(charged.map(({ leg }) => leg)).toEqual(['originationFee', 'servicing', 'servicing']);
  expect(charged[0]?.amountMsat).toBe(4_000_000n);
  for (const books of booksOf('three-kiosks')) {
    expect(books).toMatchObject({ status: 'effective', daysPastDue: 0, repaid: false });
    expect(books.instalments.map(({ state }) => state)).toEqual([
      ...Array.from({ length: 6 }, () => 'paid'),
      ...Array.from({ length: 6 }, () => 'planned'),
    ]);
  }
  for (const books of booksOf('two-boats')) {
    expect(books.daysPastDue).toBeGreaterThan(30);
    expect(books.instalments.filter(({ state }) => state === 'paid')).toHaveLength(2);
    expect(books.instalments.some(({ state }) => state === 'late')).toBe(true);
  }
  expect(booksOf('two-boats')).toHaveLength(2);
});

it('has a late loan with its notice, and loans in default with all that followed', () => {
  for (const { status, notices } of contractsOf('two-boats')) {
    expect(status).toBe('effective');
    expect(notices).toMatchObject([{ type: 'arrears', instalment: 3, contested: false }]);
  }
  const lost = contractsOf('ice-maker');
  const said = lost.map(({ notices }) => notices.map(({ type }) => type)).sort();
  expect(said).toEqual([
    ['arrears', 'default'],
    ['arrears', 'default', 'acceleration', 'writeOff'],
  ]);
  const shares = lost.flatMap(({ recoveries }) => recoveries.map((each) => each.shareUnits));
  expect(shares).toHaveLength(2);
  expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(89_000_000n);
  const nowSec = systemClock.nowSec();
  const bank = lost[0]?.contract.document.parties.bank.pubkey ?? '';
  const ofBank = states.filter(({ contract }) => contract.document.parties.bank.pubkey === bank);
  const summaries = ofBank.map((state) => summarizeContract(state, nowSec));
  const { losses, defaults } = combineBank(bank, IN_BITCOIN, summaries);
  expect([defaults.contracts, losses.contracts, losses.writtenOffContracts]).toEqual([2, 2, 1]);
  expect(losses.recoveriesOwedUnits).toBe(89_000_000n);
  // Both were paid their shares, in the proportion of what each is owed.
  const paid = lost.map(({ payments }) => payments.filter(({ leg }) => leg === 'recovery'));
  expect(paid.flat().reduce((sum, { amountMsat }) => sum + amountMsat, 0n)).toBe(89_000_000n);
});

it('has appointees whose word each contract embeds, and one who is asked still', () => {
  const keys = new Map(world.appointees.map(({ id, publicKey }) => [id, publicKey]));
  for (const { contract } of contractsOf('two-boats')) {
    const { appointees, bases, silenceDays } = contract.document;
    expect(appointees?.backupServicer).toBe(keys.get('ahero'));
    expect(bases.filter(({ as }) => as === 'appointment')).toHaveLength(4);
    expect(silenceDays).toBe(30);
  }
  const asking = offers.find(({ identifier }) => identifier === 'battery-bank');
  expect(asking?.appointees?.trustee).toBe(keys.get('vault'));
  expect(booksOf('battery-bank')).toEqual([]);
});

it('has a past of months, each payment settled on its day and acknowledged', () => {
  const payments = states.flatMap((state) => state.payments);
  const ages = payments.map(({ settledAtSec }) => systemClock.nowSec() - settledAtSec);
  expect(Math.max(...ages)).toBeGreaterThan(240 * DAY_SEC);
  expect(new Set(payments.map(({ class: kind }) => kind))).toEqual(
    new Set(['preimage+acknowledgement']),
  );
});

it('moved real money: the payee’s wallet has every receipt, and nothing else was received', () => {
  const businessOf = (state: ContractState): PersonaId | undefined =>
    world.personas.find(
      ({ publicKey }) => publicKey === state.contract.document.parties.business.pubkey,
    )?.id;
  const received = new Map<string, string>();
  for (const id of PERSONA_IDS) {
    const rows = ledgerOf(world.lightning, id).filter(({ state }) => state === 'settled');
    for (const row of rows.filter(({ direction }) => direction === 'incoming')) {
      received.set(row.preimage ?? '', `${id} ${row.amountMsat}`);
    }
  }
  const payments = states.flatMap((state) => state.payments);
  expect(received.size).toBe(payments.length);
  for (const state of states) {
    for (const { leg, preimage, amountMsat } of state.payments) {
      const row = received.get(preimage);
      if (LEGS[leg].payee === 'business') {
        expect(row).toBe(`${businessOf(state) ?? ''} ${amountMsat}`);
      } else expect(row).toMatch(new RegExp(` ${amountMsat}$`));
    }
  }
});

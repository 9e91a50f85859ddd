/**
 * Cases on real relays: opened, answered, taken, ruled and paid; settled half-way; and what is
 * refused, by the engine before it is signed and by the fold from whoever signs it all the same.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  buildDispute,
  describeEvidence,
  planTicks,
  readBundle,
  type Award,
  type DisputeDocument,
  type Result,
  type SignedEvent,
} from '@realyield/protocol';
import { nobleVerifier } from '../../protocol/src/noble.ts';
import { DEFAULT_RULES } from '../../relay-rules/src/decide.ts';
import type { RelayHandle } from '../../relay-rules/src/relay/server.ts';
import { evidenceBundle } from '../../web/lib/engine/bundles.ts';
import type { BlockLookup, ChainPort } from '../../web/lib/engine/bonds/ports.ts';
import type { CaseView } from '../../web/lib/engine/cases/case-book.ts';
import type { CaseOrder } from '../../web/lib/engine/cases/cases.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { headerOver } from '../fixtures/blocks.ts';
import { hashOf, Loan, offerDocument, signAs } from '../fixtures/loan.ts';
import { must } from './agreement-scene.ts';
import { Estate, movedClock, store } from './estate.ts';
import { until } from './until.ts';

const CLAIM = 1_020_000_000n;
const AWARD = 600_000_000n;
const DUE_DAY = 101;
const serving = { arbiter: 'arbiter', fallbackArbiter: 'fallback arbiter' } as const;
const ACTORS = ['investor', 'business', 'bank', 'arbiter', 'fallback arbiter'] as const;
type Actor = (typeof ACTORS)[number] | 'second investor';

const estate = new Estate();
const clock = movedClock();
/** What two sources say about any height: nothing, until a test lets them. */
let blockAt: BlockLookup['blockAt'] = async () => undefined;
const sources = ['https://one.example', 'https://two.example'].map((name): BlockLookup => ({
  ...{ name, blockAt: (height) => blockAt(height) },
}));
const chain: ChainPort = {
  blockLookups: async () => ({ network: 'regtest', sources }),
  newestBlock: () =>
    Promise.resolve({
      height: 900_000,
      hash: hashOf('newest block'),
      medianTimeSec: clock.nowSec() - 3_600,
    }),
};
const sessions = new Map<Actor, Session>();
let relay: RelayHandle;

beforeAll(async () => {
  relay = await estate.relay({ rules: DEFAULT_RULES });
  for (const name of [...ACTORS, 'second investor'] as const) {
    sessions.set(name, await estate.session(name, [relay.url], clock, { chain }));
  }
});

afterAll(() => estate.close());

function actor(name: Actor): Session {
  const session = sessions.get(name);
  if (!session) throw new Error(name);
  return session;
}

const cases = (name: Actor) => actor(name).agreements.cases;
const codeOf = (result: Result<string>): string => (result.ok ? 'ok' : result.code);

/** A loan paid out and never repaid, whose only instalment was due long ago, on the relay. */
async function unpaid(
  seed: string,
  daySec: number,
  { investor = 'investor', offer = seed } = {},
): Promise<Loan> {
  const { business } = offerDocument();
  const relays = [relay.url];
  const loan = new Loan({
    ...{ seed, serving, investorRelays: relays },
    cast: (name) => (name === 'investor' ? investor : name),
    startAtSec: clock.nowSec() - DUE_DAY * daySec,
    offer: { daySec, identifier: offer, relays, business: { ...business, relays } },
  });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document), loan.startAtSec + 11 * daySec);
  store(relay, loan.events);
  for (const name of ACTORS) {
    const { catalog } = actor(name);
    catalog.watch(loan.root);
    await until(`the loan at the ${name}'s`, () => {
      return (
        catalog.contract(loan.root)?.fold.state.payments.length ===
        loan.fold().state.payments.length
      );
    });
  }
  return loan;
}

function orderOf(claimUnits = CLAIM): CaseOrder {
  return { reason: 'notRepaid', claimUnits, statement: 'Nothing came.', documents: [] };
}

/** Resolves when these see something in a case, with how the first does. */
async function seen(
  id: string,
  look: (view: CaseView) => boolean,
  names: readonly Actor[] = ACTORS,
): Promise<CaseView> {
  for (const name of names) {
    await until(`the case at the ${name}'s`, () => {
      const view = actor(name).catalog.cases.find(id);
      return view !== undefined && look(view);
    });
  }
  return actor(names[0] ?? 'investor').catalog.cases.find(id) as CaseView;
}

const award = (loan: Loan, units = AWARD): Award => ({
  ...{ contract: loan.root, leg: 'repayment', units: units.toString() },
});

/** A step somebody signs without asking the engine. */
function forged(name: string, document: DisputeDocument): SignedEvent {
  return signAs(name, buildDispute(document, clock.nowSec()));
}

it('goes from a claim to money paid, and refuses what is nobody’s to do', async () => {
  const loan = await unpaid('unpaid', 60);
  const { root } = loan;
  const reasons = cases('investor').claimable(root);
  const named = reasons.map(({ reason }) => reason).join();
  expect(named).toBe('notRepaid,misrepresentation,notAcknowledged');
  expect(cases('bank').claimable(root)).toEqual([]);
  expect(codeOf(await cases('bank').open(root, orderOf()))).toBe('AUTHOR_ROLE');
  const id = must(await cases('investor').open(root, orderOf()));
  expect(codeOf(await cases('investor').open(root, orderOf()))).toBe('STATE_FORBIDS');
  await seen(id, ({ fold }) => fold.status === 'open');
  expect(codeOf(await cases('investor').respond(id, 'Mine.'))).toBe('AUTHOR_ROLE');
  expect(codeOf(await cases('fallback arbiter').take(id, []))).toBe('ARBITER_NOT_SILENT');
  expect(codeOf(await cases('investor').callFallback(id))).toBe('ARBITER_NOT_SILENT');
  expect(codeOf(await cases('arbiter').rule(id, rulingOf(loan, [])))).toBe('STATE_FORBIDS');

  // A stranger who only tags the case is nobody in it.
  const statement = 'I was there, believe me.';
  const shared = { v: 1 as const, contract: root, dispute: id, prev: [id] };
  const tagging = forged('stranger', { ...shared, type: 'response', statement, documents: [] });
  store(relay, [tagging]);
  await until('the stranger’s step to be refused', () =>
    actor('arbiter')
      .catalog.cases.refused(root)
      .some((each) => each.id === tagging.id && each.code === 'AUTHOR_ROLE'),
  );

  must(await cases('arbiter').take(id, [id]));
  await seen(id, ({ fold }) => fold.status === 'taken');
  expect(codeOf(await cases('arbiter').rule(id, rulingOf(loan, [])))).toBe('RESPONSE_RUNNING');
  const file = { name: 'oven.jpg', sha256: hashOf('a photograph') };
  const answer = must(await cases('bank').respond(id, 'The bakery was closed.', [file]));
  const more = must(await cases('investor').addEvidence(id, 'It was open.', [file]));
  await seen(id, ({ fold }) => fold.responses.length === 1 && more in fold.admissions);
  const over = { ...rulingOf(loan, [answer]), awards: [award(loan, CLAIM + 1n)] };
  expect(codeOf(await cases('arbiter').rule(id, over))).toBe('CLAIM_EXCEEDED');
  const ruling = must(await cases('arbiter').rule(id, rulingOf(loan, [answer])));
  const ruled = await seen(id, ({ fold }) => fold.status === 'ruled');
  expect(ruled.fold.admissions).toEqual({ [answer]: 'admitted', [more]: 'notAdmitted' });
  expect(ruled.fold.outcome).toMatchObject({ id: ruling, outstandingUnits: AWARD });

  // A second ruling is not offered; one that is signed all the same is shown beside the first.
  const again = await cases('arbiter').rule(id, rulingOf(loan, [answer]));
  expect(codeOf(again)).toBe('STATE_FORBIDS');
  const second = ruled.steps.find(({ event }) => event.id === ruling)?.document;
  if (second?.type !== 'ruling') throw new Error('no ruling');
  const awards = [award(loan, 1_000n)];
  store(relay, [forged('arbiter', { ...second, prev: [ruling], awards })]);
  const rivals = await seen(id, ({ fold }) => fold.contradictions.length === 1);
  expect(rivals.fold.contradictions[0]?.reason).toBe('rival rulings');
  expect(rivals.fold.outcome).toMatchObject({ id: ruling, outstandingUnits: AWARD });

  expect(codeOf(await cases('arbiter').close(id, ''))).toBe('RULING_UNPAID');
  const halfUnits = AWARD / 2n;
  const half = loan.pay('repayment', [{ n: 0, amountUnits: halfUnits }], clock.nowSec());
  store(relay, [half.receipt]);
  await seen(id, ({ fold }) => fold.outcome?.outstandingUnits === halfUnits);
  must(await cases('business').comply(id, [half.receipt.id], 'The rest on Friday.'));
  const rest = loan.pay('repayment', [{ n: 1, amountUnits: halfUnits }], clock.nowSec());
  store(relay, [rest.receipt]);
  await seen(id, ({ fold }) => fold.status === 'complied');
  must(await cases('arbiter').close(id, 'Paid.'));
  await seen(id, ({ fold }) => fold.status === 'closed');
  await isReadByLink(id);
});

/** Whoever only has the link reads the contract first, without which no claim counts. */
async function isReadByLink(id: string): Promise<void> {
  const reader = await estate.stranger([relay.url], clock);
  await until('its steps', () => reader.cases.claimedOn(id).length > 0);
  expect(reader.cases.find(id)).toBeUndefined();
  for (const root of reader.cases.claimedOn(id)) reader.watch(root);
  await until('the case', () => reader.cases.find(id)?.fold.status === 'closed');
}

function rulingOf(loan: Loan, admitted: readonly string[]) {
  const payBySec = clock.nowSec() + 14 * 60;
  return { admitted, findings: 'It was due, and unpaid.', awards: [award(loan)], payBySec };
}

it('is settled once every side has signed, and withdrawn by whoever claims', async () => {
  const loan = await unpaid('settled', 60);
  const id = must(await cases('investor').open(loan.root, orderOf()));
  await seen(id, () => true);
  const payBySec = clock.nowSec() + 3_600;
  const proposal = must(await cases('bank').propose(id, [award(loan)], payBySec, 'Half now?'));
  await seen(id, ({ fold }) => fold.applied.includes(proposal));
  must(await cases('investor').settle(id, proposal));
  expect(actor('investor').catalog.cases.find(id)?.fold.outcome).toBeUndefined();
  must(await cases('business').settle(id, proposal));
  const { fold } = await seen(id, (view) => view.fold.status === 'settled');
  expect(fold.outcome).toMatchObject({ id: proposal, type: 'settlement' });
  must(await cases('investor').withdraw(id, 'We have talked.'));
  await seen(id, (view) => view.fold.status === 'withdrawn');
});

it('is joined by another investor of the offer, and one ruling decides both', async () => {
  const loan = await unpaid('joined', 60);
  const id = must(await cases('investor').open(loan.root, orderOf()));
  await seen(id, () => true);
  const investor = 'second investor';
  const second = await unpaid('joining', 60, { investor, offer: 'joined' });
  const own = cases(investor);
  await until('the case to be joined', () => {
    for (const root of own.nearby(second.root)) actor(investor).catalog.watch(root);
    return own.claimable(second.root)[0]?.joinable === id;
  });
  expect(cases('investor').claimable(loan.root)[0]).toMatchObject({ running: id });
  must(await own.join(id, second.root, { claimUnits: CLAIM, statement: 'Mine too.' }));
  await seen(id, ({ fold }) => fold.claims.length === 2);
  const joined = actor('arbiter').catalog.cases.find(id)?.steps.at(-1)?.event.id ?? '';
  must(await cases('bank').respond(id, 'Both are late.'));
  await seen(id, ({ fold }) => fold.responses.length === 1);
  const answer = actor('arbiter').catalog.cases.find(id)?.fold.responses[0] ?? '';
  must(await cases('arbiter').take(id, [id, joined, answer]));
  const awards = [award(second), award(loan)];
  must(await cases('arbiter').rule(id, { ...rulingOf(loan, [answer]), awards }));
  const { fold } = await seen(id, (view) => view.fold.status === 'ruled');
  expect(fold.outcome?.outstandingUnits).toBe(AWARD + AWARD);
  for (const [name, { root }] of [
    ['investor', loan],
    ['second investor', second],
  ] as const) {
    const text = must(evidenceBundle(actor(name).catalog, root, clock.nowSec()));
    const { events, findings, fold } = readBundle(new TextEncoder().encode(text), nobleVerifier);
    expect(findings).toEqual([]);
    const said = fold && describeEvidence(fold, events, clock.nowSec());
    expect(said?.proven.join()).toContain('The arbiter ruled on it');
  }
});

it('goes to the fallback arbiter where the arbiter is silent', async () => {
  const loan = await unpaid('silent', 2);
  const id = must(await cases('investor').open(loan.root, orderOf()));
  const { fold } = await seen(id, () => true);
  expect(codeOf(await cases('investor').callFallback(id))).toBe('ARBITER_NOT_SILENT');
  clock.aheadSec += fold.takeBySec - clock.nowSec() + 1;
  must(await cases('investor').callFallback(id));
  await seen(id, (view) => view.fold.fallbackCalled);
  must(await cases('fallback arbiter').take(id, [id]));
  await seen(id, (view) => view.fold.governing === 'fallbackArbiter');
  // Nobody answered, and the time to is over.
  must(await cases('fallback arbiter').rule(id, rulingOf(loan, [])));
  const ruled = await seen(id, (view) => view.fold.status === 'ruled');
  expect(ruled.fold.outcome?.by).toBe('fallbackArbiter');
});

it('builds on no block that its sources say there is not, requires: DI-34', async () => {
  const loan = await unpaid('no-block', 60);
  const id = must(await cases('investor').open(loan.root, orderOf()));
  await seen(id, ({ fold }) => fold.status === 'open');
  const block = { header: headerOver(new Uint8Array(32)), medianTimeSec: clock.nowSec() };
  blockAt = async () => ({ tipHeight: 900_000, block });
  must(await cases('bank').respond(id, 'There is no such block.'));
  await seen(id, ({ fold }) => fold.responses.length === 1);
  expect(codeOf(await cases('arbiter').take(id, [id]))).toBe('BLOCK_DENIED');
  blockAt = async () => undefined;
  must(await cases('arbiter').take(id, [id]));
});

it('signs nothing that names a block while no source of the chain answers', async () => {
  const loan = await unpaid('no-chain', 60);
  const investor = await estate.session('investor', [relay.url], clock);
  investor.catalog.watch(loan.root);
  await until('the loan', () => investor.ownContract(loan.root) !== undefined);
  await until('its payments', () => investor.agreements.cases.claimable(loan.root).length > 0);
  const opened = await investor.agreements.cases.open(loan.root, orderOf());
  expect(codeOf(opened)).toBe('BLOCK_UNKNOWN');
});

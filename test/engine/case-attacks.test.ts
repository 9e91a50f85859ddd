/**
 * Attacks on cases over real relays: parties who delete what they signed (NIP-09) or vanish
 * (NIP-62), rulings edited on the way, evidence exchanged after it was handed in.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SignedEvent } from '@realyield/protocol';
import { OPEN_DAY, TestCase, unpaidLoan } from '../../protocol/src/testing/disputes.ts';
import { DEFAULT_RULES } from '../../relay-rules/src/decide.ts';
import type { RelayHandle } from '../../relay-rules/src/relay/server.ts';
import type { Catalog } from '../../web/lib/engine/catalog.ts';
import { evidenceBundle } from '../../web/lib/engine/bundles.ts';
import { hashOf, offerDocument, signAs } from '../fixtures/loan.ts';
import { Estate, movedClock, store } from './estate.ts';
import { until } from './until.ts';

const CLAIM = 1_020_000_000n;
const AWARD = 600_000_000n;
const estate = new Estate();
const clock = movedClock();
let relay: RelayHandle;

beforeAll(async () => {
  relay = await estate.relay({ rules: DEFAULT_RULES });
});

afterAll(() => estate.close());

interface Scene {
  readonly made: TestCase;
  readonly response: SignedEvent;
  readonly taken: SignedEvent;
  readonly ruling: SignedEvent;
  /** Steps that settle it after the ruling. */
  readonly proposal: SignedEvent;
}

/** A case opened, answered, taken and ruled on, then settled half-way, all long ago. */
function ruledCase(seed: string, relays = [relay.url]): Scene {
  const { business } = offerDocument();
  const loan = unpaidLoan('investor', {
    seed,
    startAtSec: clock.nowSec() - 200 * 60,
    investorRelays: relays,
    offer: { identifier: seed, relays, business: { ...business, relays } },
  });
  const made = new TestCase(loan);
  made.open(CLAIM);
  const response = made.respond();
  const taken = made.take();
  const ruling = made.rule(taken, [made.award(AWARD, 'repayment')]);
  const terms = { payBySec: made.at(190), statement: '' };
  const awards = [made.award(AWARD / 2n, 'repayment')];
  const proposal = made.step('bank', { type: 'proposal', awards, ...terms }, OPEN_DAY + 40);
  return { made, response, taken, ruling, proposal };
}

/** Somebody who has just come and reads the case by its link. */
async function reader({ made }: Scene, isThere = true): Promise<Catalog> {
  const catalog = await estate.stranger([relay.url], clock);
  catalog.watch(made.loan.root);
  await until('the contract', () => catalog.isWatchListed(made.loan.root) && catalog.isListed);
  if (isThere) await until('the case', () => catalog.cases.find(made.id) !== undefined);
  return catalog;
}

const outcomeOf = (catalog: Catalog, { made }: Scene) => catalog.cases.find(made.id)?.fold.outcome;

/** A request to delete these events, published by who signed them. */
async function deleting(name: string, events: readonly SignedEvent[]): Promise<void> {
  const tags = events.map(({ id }) => ['e', id]);
  const request = signAs(name, { kind: 5, created_at: clock.nowSec(), tags, content: '' });
  const [outcome] = await estate.relaysAt([relay.url]).publish(request);
  expect(outcome?.accepted).toBe(true);
}

describe('a party that deletes its events', () => {
  it('changes nothing for who has them, and is seen by who comes later (NIP-09)', async () => {
    const scene = ruledCase('deleting');
    const { made, response, proposal } = scene;
    store(relay, [...made.loan.events, ...made.steps]);
    const early = await reader(scene);
    await until('the ruling', () => outcomeOf(early, scene) !== undefined);
    const before = early.cases.find(made.id)?.fold;
    await deleting('bank', [response, proposal]);
    expect(early.cases.find(made.id)?.fold).toEqual(before);
    const late = await reader(scene);
    await until('the ruling', () => outcomeOf(late, scene) !== undefined);
    const fold = late.cases.find(made.id)?.fold;
    expect(fold?.outcome).toEqual(before?.outcome);
    expect(fold).toMatchObject({ status: 'ruled', missing: [response.id] });
  });

  it('is bound by the settlement it took part in: who accepted it embeds it', async () => {
    const scene = ruledCase('settling');
    const { made, proposal } = scene;
    made.accept('investor', proposal, OPEN_DAY + 41);
    made.accept('business', proposal, OPEN_DAY + 42);
    store(relay, [...made.loan.events, ...made.steps]);
    await deleting('bank', [proposal]);
    const late = await reader(scene);
    await until('the settlement', () => outcomeOf(late, scene)?.type === 'settlement');
    expect(outcomeOf(late, scene)).toMatchObject({ id: proposal.id });
  });

  it('that asks to be forgotten takes its own steps and nobody else’s (NIP-62)', async () => {
    const scene = ruledCase('vanishing');
    const { made, response } = scene;
    store(relay, [...made.loan.events, ...made.steps]);
    const early = await reader(scene);
    await until('the ruling', () => outcomeOf(early, scene) !== undefined);
    const before = early.cases.find(made.id)?.fold;
    const tags = [['relay', relay.url]];
    const vanish = signAs('bank', { kind: 62, created_at: clock.nowSec(), tags, content: '' });
    const [outcome] = await estate.relaysAt([relay.url]).publish(vanish);
    expect(outcome?.accepted).toBe(true);
    expect(early.cases.find(made.id)?.fold).toEqual(before);
    // Whoever has all of it hands it on as one file, which the bank cannot take back.
    const bundle = evidenceBundle(early, made.loan.root, clock.nowSec());
    expect(bundle.ok && bundle.value.includes(`"id":"${response.id}"`)).toBe(true);
    const late = await reader(scene, false);
    expect(late.cases.stepsOf(made.id).map(({ event }) => event.pubkey)).not.toContain(
      response.pubkey,
    );
    expect(
      late.cases
        .stepsOf(made.id)
        .map(({ document }) => document.type)
        .sort(),
    ).toEqual(['open', 'ruling', 'taken']);
  });
});

describe('a relay that lost steps of a case', () => {
  it('is given them again by a party, and none that do not count', async () => {
    const other = await estate.relay({ rules: DEFAULT_RULES });
    const scene = ruledCase('lost', [relay.url, other.url]);
    const { made } = scene;
    const strange = made.respond(OPEN_DAY + 60, {}, 'stranger');
    store(relay, [...made.loan.events, ...made.steps]);
    store(other, made.loan.events);
    const bank = await estate.session('bank', [relay.url, other.url], clock);
    await until('the case', () => bank.catalog.cases.find(made.id) !== undefined);
    await until('both relays to have sent all', () =>
      [relay, other].every(({ url }) => bank.catalog.comparedRelays(made.loan.root).includes(url)),
    );
    await bank.sendAgain(made.loan.root);
    const at = await estate.stranger([other.url], clock);
    const held = () => at.cases.stepsOf(made.id).map(({ event }) => event.id);
    await until('the steps', () => held().length >= made.steps.length - 1);
    const counting = made.steps.map(({ id }) => id).filter((id) => id !== strange.id);
    expect(held().sort()).toEqual(counting.sort());
  });
});

describe('what is changed after it was signed', () => {
  it('a ruling is refused with any sum but its own, and the genuine one is taken', async () => {
    const scene = ruledCase('edited');
    const { made, ruling } = scene;
    const content = ruling.content.replace(AWARD.toString(), '900000000');
    store(relay, [...made.loan.events, ...made.steps.filter(({ id }) => id !== ruling.id)]);
    const catalog = await reader(scene);
    await catalog.add([{ ...ruling, content }], 'a liar');
    expect(outcomeOf(catalog, scene)).toBeUndefined();
    expect(catalog.refused(made.loan.root).map(({ code }) => code)).toContain('EVENT_ID');
    await catalog.add([ruling], 'an honest relay');
    expect(outcomeOf(catalog, scene)?.outstandingUnits).toBe(AWARD);
  });

  it('evidence that is exchanged under its old name is shown beside the first', async () => {
    const scene = ruledCase('exchanged');
    const { made } = scene;
    for (const [index, content] of ['a letter', 'another letter'].entries()) {
      const documents = [{ name: 'letter.pdf', sha256: hashOf(content) }];
      const said = { statement: '', documents, events: [] };
      made.step('bank', { type: 'evidence', ...said }, OPEN_DAY + 50 + index);
    }
    store(relay, [...made.loan.events, ...made.steps]);
    const catalog = await reader(scene);
    await until('both', () => catalog.cases.find(made.id)?.fold.contradictions.length === 1);
    const fold = catalog.cases.find(made.id)?.fold;
    expect(fold?.contradictions[0]?.reason).toBe('documents exchanged');
    const after = made.steps.slice(-2).map(({ id }) => fold?.admissions[id]);
    expect(after).toEqual(['notAdmitted', 'notAdmitted']);
  });
});

describe('an arbiter that takes a case at a block there is not', () => {
  it('keeps nobody from the fallback arbiter, requires: DI-37', async () => {
    const { business } = offerDocument();
    const relays = [relay.url];
    const loan = unpaidLoan('investor', {
      seed: 'no-such-block',
      startAtSec: clock.nowSec() - (OPEN_DAY + 40) * 60,
      investorRelays: relays,
      offer: { identifier: 'no-such-block', relays, business: { ...business, relays } },
    });
    const made = new TestCase(loan);
    made.open(CLAIM);
    const taken = made.take();
    // What rests on the taking is left out as well.
    const answer = made.respond(OPEN_DAY + 20);
    store(relay, [...loan.events, ...made.steps]);
    const heightOf = (event: SignedEvent): number => blockIn(event).height;
    const blockIn = ({ content }: SignedEvent) =>
      (JSON.parse(content) as { block: { height: number; hash: string } }).block;
    const denied = heightOf(taken);
    const sources = ['https://one.example', 'https://two.example'].map((name) => ({
      name,
      blockAt: async (height: number) =>
        height === denied ? { tipHeight: denied - 100 } : undefined,
    }));
    const newest = { height: 900_000, hash: hashOf('newest'), medianTimeSec: clock.nowSec() - 60 };
    const chain = {
      blockLookups: async () => ({ network: 'regtest' as const, sources }),
      newestBlock: async () => newest,
    };
    const { agreements, catalog } = await estate.session('investor', relays, clock, { chain });
    catalog.watch(loan.root);
    const viewed = () => catalog.cases.find(made.id);
    await until('the answer', () => viewed()?.fold.responses.includes(answer.id) === true);
    const view = viewed();
    if (!view) throw new Error('no case');
    expect(agreements.cases.next(view).has('fallback')).toBe(false);
    expect(agreements.cases.next(view, (id) => id === taken.id).has('fallback')).toBe(true);
    const called = await agreements.cases.callFallback(made.id);
    expect(called).toMatchObject({ ok: true });
    await until('the call to count', () => viewed()?.fold.fallbackCalled === true);
  });
});

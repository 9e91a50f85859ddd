/**
 * What happens to a proposal besides being signed: it is taken back, answered with other terms, or
 * runs out; and a contract in effect is amended. On real relays, without wallets.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyFactsHash, type ContractDocument, type Result } from '@realyield/protocol';
import { AgreementScene, must, stateOf } from './agreement-scene.ts';
import { until } from './until.ts';

let scene: AgreementScene;

beforeAll(async () => {
  scene = await AgreementScene.open();
});

afterAll(() => scene.estate.close());

const codeOf = (result: Result<string>): string => (result.ok ? 'ok' : result.code);

describe('a withdrawal', () => {
  it('before effect ends the proposal for all three, in private', async () => {
    const root = await scene.propose(await scene.offer());
    await scene.sign('business', root);
    expect(scene.bank.agreements.withdrawals.outlook(root)).toMatchObject({ isPossible: false });
    must(await scene.investor.agreements.withdrawals.withdraw(root, 'I need it elsewhere.'));
    await scene.everywhere(root, ({ status }) => status === 'withdrawn');
    expect(codeOf(await scene.bank.agreements.countersign(root))).toBe('STATE_FORBIDS');
    const relays = scene.estate.relaysAt(scene.urls);
    const { events } = await relays.query([{ ids: [root] }, { '#e': [root] }]);
    expect(events).toEqual([]);
  });

  it('in the time to withdraw is public; without one it comes too late', async () => {
    const root = await scene.agree({ coolingOffDays: 2 });
    expect(scene.business.agreements.withdrawals.outlook(root).isPossible).toBe(false);
    const { withdrawals } = scene.investor.agreements;
    expect(withdrawals.outlook(root)).toMatchObject({
      isPossible: true,
      untilSec: stateOf(scene.investor, root)?.coolingOffEndsAtSec,
    });
    must(await withdrawals.withdraw(root, ''));
    await scene.everywhere(root, ({ status }) => status === 'withdrawn');
    await scene.oneHash(root);
    const firm = await scene.agree();
    expect(codeOf(await withdrawals.withdraw(firm, ''))).toBe('WITHDRAWAL_LATE');
  });
});

describe('a counter-proposal', () => {
  it('takes the place of what was proposed first, once all three have signed it', async () => {
    const first = await scene.propose(await scene.offer());
    await scene.sign('business', first);
    const { counters } = scene.bank.agreements;
    const before = stateOf(scene.bank, first)?.contract.document as ContractDocument;
    const terms = counters.draft(first, { ...before, rateBps: before.rateBps + 100 });
    expect(codeOf(await counters.propose(first, terms, 'ab'.repeat(32)))).toBe(
      'KEY_FACTS_MISMATCH',
    );
    const odd = { ...terms, rateBps: 100_001 };
    expect(codeOf(await counters.propose(first, odd, keyFactsHash(terms)))).toBe('CONTENT_SCHEMA');
    const root = must(await counters.propose(first, terms, keyFactsHash(terms)));
    expect(codeOf(await scene.bank.agreements.countersign(root))).toBe('STATE_FORBIDS');
    await scene.sign('business', root);
    await scene.sign('investor', root);
    await scene.sign('bank', root);
    await scene.everywhere(root, ({ status }) => status === 'effective');
    await scene.everywhere(first, ({ status }) => status === 'withdrawn');
    expect(stateOf(scene.investor, root)?.contract.document.rateBps).toBe(before.rateBps + 100);
    await scene.oneHash(root);
  });

  it('that changes what nobody is shown is not signed', async () => {
    const first = await scene.propose(await scene.offer());
    const { counters } = scene.investor.agreements;
    const before = stateOf(scene.investor, first)?.contract.document as ContractDocument;
    const legal = { ...before.legal, complaints: 'Nobody.' };
    const terms = counters.draft(first, { ...before, legal });
    const refused = await counters.propose(first, terms, keyFactsHash(terms));
    expect(codeOf(refused)).toBe('OFFER_MISMATCH');
    expect(stateOf(scene.investor, first)?.status).toBe('proposed');
  });
});

describe('an amendment', () => {
  it('is private until all three have signed, and then in force', async () => {
    const root = await scene.agree();
    const { amendments } = scene.business.agreements;
    const state = stateOf(scene.business, root);
    if (!state) throw new Error('the contract is not known');
    const { document } = state.contract;
    const kind = { reason: 'restructuring', arrears: 'fold' } as const;
    const terms = amendments.draft(state, { ...document, rateBps: 300 }, kind);
    const hash = keyFactsHash(terms);
    const id = must(await amendments.propose(root, terms, hash));
    await until('the bank to know', async () =>
      (await scene.bank.agreements.amendments.open(root)).some((each) => each.id === id),
    );
    expect(codeOf(await scene.bank.agreements.amendments.sign(root, id, hash))).toBe(
      'STATE_FORBIDS',
    );
    expect(scene.business.catalog.publicIds(root)).not.toContain(id);
    await until('the investor to know', async () => {
      const [open] = await scene.investor.agreements.amendments.open(root);
      return open?.id === id && open.signedBy.join() === 'business';
    });
    must(await scene.investor.agreements.amendments.sign(root, id, hash));
    await until('the bank’s turn', async () => {
      const [open] = await scene.bank.agreements.amendments.open(root);
      return open?.signedBy.length === 2;
    });
    must(await scene.bank.agreements.amendments.sign(root, id, hash));
    await scene.everywhere(root, ({ version }) => version === id);
    await scene.oneHash(root);
    expect(scene.investor.catalog.publicIds(root)).toContain(id);
    await isDeclinedEverywhere(root);
  });
});

/** The investor declines other terms: it is asked on none of its devices, and may be asked anew. */
async function isDeclinedEverywhere(root: string): Promise<void> {
  const { investor, business } = scene;
  const { amendments } = business.agreements;
  const state = stateOf(business, root);
  if (!state) throw new Error('the contract is not known');
  const current = state.versions.at(-1)?.document ?? state.contract.document;
  const kind = { reason: 'amendment', arrears: 'stay' } as const;
  const terms = amendments.draft(state, { ...current, rateBps: 200 }, kind);
  must(await amendments.propose(root, terms, keyFactsHash(terms)));
  const phone = await scene.estate.session('investor', scene.urls, scene.clock);
  for (const device of [investor, phone]) {
    await until('both devices to ask', async () => {
      return (await device.agreements.amendments.open(root)).length === 1;
    });
  }
  const [open] = await investor.agreements.amendments.open(root);
  await investor.agreements.decline(root, 'Not lower still.', open?.id);
  await until('neither device to ask', async () => {
    const left = await phone.agreements.amendments.open(root);
    return left.length === 0 && (await investor.agreements.amendments.open(root)).length === 0;
  });
}

describe('a proposal that ran out', () => {
  it('is signed by nobody', async () => {
    const root = await scene.propose(await scene.offer());
    scene.clock.aheadSec += 15 * 86_400;
    const [found] = await scene.business.agreements.proposals();
    expect(found?.problem?.code).toBe('PROPOSAL_EXPIRED');
    expect(codeOf(await scene.business.agreements.countersign(root))).toBe('PROPOSAL_EXPIRED');
  });
});

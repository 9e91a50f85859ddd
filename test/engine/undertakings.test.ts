/**
 * What is signed beside a contract: the business's consent and an appointee's word to an offer,
 * the bank's on funding, and keys that take another's place. On real relays, without wallets.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keyFactsHash, type ParsedOffer, type Result } from '@realyield/protocol';
import { fundingOf } from '../../web/lib/engine/agreement/funding.ts';
import { silenceOf } from '../../web/lib/engine/agreement/serving.ts';
import { notAccepted } from '../../web/lib/engine/agreement/undertakings.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { publicOf } from '../fixtures/loan.ts';
import { AgreementScene, must, stateOf } from './agreement-scene.ts';
import { until } from './until.ts';

let scene: AgreementScene;

beforeAll(async () => {
  scene = await AgreementScene.open();
});

afterAll(() => scene.estate.close());

const CLAIM = { tranche: 0, evidence: [] } as const;
const codeOf = (result: Result<string>): string => (result.ok ? 'ok' : result.code);

it('an offer takes money once its arbiter has accepted, and carries both words', async () => {
  const arbiter = await scene.estate.session('arbiter', scene.urls, scene.clock);
  const offer = await scene.offer({ appointees: { arbiter: publicOf('arbiter') } });
  const { investor, business } = scene;
  expect(notAccepted(investor.catalog, offer)).toEqual(['arbiter']);
  const early = await investor.agreements.invest(offer, 200_000_000n);
  expect(codeOf(early)).toBe('APPOINTMENT_MISSING');
  const [asked] = await until('the arbiter to be asked', async () => {
    const list = await arbiter.agreements.undertakings.asked();
    return list.length > 0 && list;
  });
  if (!asked) throw new Error('nobody is asked');
  must(await arbiter.agreements.undertakings.accept(asked));
  expect(codeOf(await investor.agreements.undertakings.consent(offer))).toBe('AUTHOR_ROLE');
  must(await business.agreements.undertakings.consent(offer));
  expect(business.agreements.undertakings.unconsented()).toEqual([]);
  await until('both to be known', () => investor.catalog.signaturesOn(offer).length === 2);
  const root = await scene.propose(offer);
  const bases = stateOf(investor, root)?.contract.document.bases.map(({ as }) => as);
  expect(bases).toEqual(['offer', 'consent', 'appointment']);
  await scene.sign('business', root);
  await scene.sign('bank', root);
  await scene.everywhere(root, ({ status }) => status === 'effective');
});

/** New terms are signed by business, investor and, in the bank's place, its backup servicer. */
async function isAmended(root: string, servicer: Session): Promise<void> {
  const { investor, business, bank } = scene;
  const state = stateOf(business, root);
  if (!state) throw new Error('the contract is not known');
  const { amendments } = business.agreements;
  const kind = { reason: 'restructuring', arrears: 'fold' } as const;
  const terms = amendments.draft(state, { ...state.contract.document, rateBps: 300 }, kind);
  const hash = keyFactsHash(terms);
  const id = must(await amendments.propose(root, terms, hash));
  for (const session of [investor, servicer]) {
    const { amendments: own } = session.agreements;
    const least = session === investor ? 1 : 2;
    await until('one’s turn', async () => (await own.open(root))[0]?.signedBy.length === least);
    must(await own.sign(root, id, hash));
  }
  await scene.everywhere(root, ({ version }) => version === id);
  // N-12: "…its countersignatures, numbered from 1 in each contract, are no entries of the bank's
  // register."
  expect(stateOf(bank, root)?.registered).toHaveLength(1);
}

it('a backup servicer takes over from a silent bank, until that is heard of', async () => {
  const servicer = await scene.estate.session('servicer', scene.urls, scene.clock);
  const half = { shareBps: 10_000, startDay: 0, streamDays: 10, windowDays: 80, ticks: 10 };
  const offer = await scene.offer({
    appointees: { backupServicer: publicOf('servicer') },
    silenceDays: 1,
    tranches: [{ ...half, milestone: { title: 'The oven stands', description: '' } }],
  });
  const asked = await until('the servicer to be asked', async () => {
    return (await servicer.agreements.undertakings.asked())[0];
  });
  must(await servicer.agreements.undertakings.accept(asked));
  const { investor, business, bank } = scene;
  await until('its word', () => investor.catalog.signaturesOn(offer).length === 1);
  const root = await scene.propose(offer);
  await scene.sign('business', root);
  await scene.sign('bank', root);
  await scene.everywhere(root, ({ status }) => status === 'effective');
  const { serving, milestones } = servicer.agreements;
  await until('the contract it serves', () => serving.contracts()[0]?.view.root === root);
  expect(codeOf(await bank.agreements.serving.takeOver(root, ''))).toBe('AUTHOR_ROLE');
  expect(codeOf(await serving.takeOver(root, 'Too soon.'))).toBe('NOT_SILENT');
  const view = servicer.catalog.contract(root);
  const silence = view && silenceOf(view, servicer.catalog.eventsOf(root));
  scene.clock.aheadSec += Math.max(0, (silence?.endsAtSec ?? 0) - scene.clock.nowSec());
  must(await serving.takeOver(root, 'Nobody answers at its counter.'));
  await scene.everywhere(root, ({ takeover }) => takeover?.contested === false);
  must(await business.agreements.milestones.claim(root, { ...CLAIM, statement: 'It stands.' }));
  const [claim] = await until('the claim at the servicer’s', () => {
    return milestones.open().length > 0 && milestones.open();
  });
  must(await milestones.decide(root, claim?.claim.event.id ?? '', 'refusal', 'Not wired yet.'));
  await scene.everywhere(root, (state) => state.milestones[0]?.status === 'refused');
  await isAmended(root, servicer);
  must(await business.agreements.milestones.claim(root, { ...CLAIM, statement: 'Wired now.' }));
  const again = await until('the second claim at the bank’s', () => {
    return bank.agreements.milestones.open().find(({ view: { root: of } }) => of === root);
  });
  must(await bank.agreements.milestones.decide(root, again.claim.event.id, 'refusal', 'Wait.'));
  await scene.everywhere(root, ({ takeover }) => takeover?.contested === true);
  await until('the bank at the servicer’s', () => {
    const held = servicer.catalog.contract(root);
    return held?.fold.state.takeover?.contested === true && !milestones.isAttester(held);
  });
});

it('funding is reached once the contracts come to the least, and the bank says so', async () => {
  const { bank, investor } = scene;
  const offer = await scene.offer({
    funding: { required: true },
    minimumTotalUnits: '400000000',
  });
  const known = (): ParsedOffer => bank.catalog.offer(offer.event.id) ?? offer;
  const one = await scene.propose(offer);
  await scene.sign('business', one);
  await scene.sign('bank', one);
  await scene.everywhere(one, ({ funding }) => funding === 'open');
  expect(codeOf(await bank.agreements.funding.reached(known()))).toBe('STATE_FORBIDS');
  const two = await scene.propose(offer);
  await scene.sign('business', two);
  await scene.sign('bank', two);
  must(await bank.agreements.funding.reached(known()));
  for (const root of [one, two]) {
    await scene.everywhere(root, ({ funding }) => funding === 'reached');
  }
  expect(fundingOf(investor.catalog, offer)).toMatchObject({
    status: 'reached',
    togetherUnits: 400_000_000n,
  });
  must(await bank.agreements.funding.failed(known(), 'The oven was sold to somebody else.'));
  await scene.everywhere(one, ({ funding }) => funding === 'failed');
});

it('a key that took another’s place signs what the first could, and that one no more', async () => {
  const root = await scene.agree({ coolingOffDays: 2 });
  const { investor, business } = scene;
  const before = investor.ownContract(root)?.own.main.publicKey ?? '';
  const next = must(await investor.agreements.keys.replace(root, before));
  expect(investor.ownContract(root)?.own.main.publicKey).toBe(next);
  const delegate = business.ownContract(root)?.own.money?.publicKey ?? '';
  must(await business.agreements.keys.revoke(root, delegate));
  const main = business.ownContract(root)?.own;
  expect(main?.money?.publicKey).toBe(main?.main.publicKey);
  await scene.everywhere(root, ({ keyEvents }) => keyEvents.length === 2);
  // Signed by the new key, and taken by the relays that hold the contract.
  must(await investor.agreements.withdrawals.withdraw(root, ''));
  await scene.everywhere(root, ({ status }) => status === 'withdrawn');
  const stranger = await scene.estate.stranger(scene.urls, scene.clock);
  await until('the withdrawal at a stranger’s', () => {
    return stranger.contract(root)?.fold.state.status === 'withdrawn';
  });
});

/**
 * What a party says of an agreement and closes its window over: other terms, and that it declines.
 * The next window on the same store tells it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyFactsHash, type ContractDocument } from '@realyield/protocol';
import type { Store } from '../../web/lib/engine/ports.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { openSqliteStore } from '../world/sqlite-store.ts';
import { AgreementScene, stateOf } from './agreement-scene.ts';
import { until } from './until.ts';

let scene: AgreementScene;

beforeAll(async () => {
  scene = await AgreementScene.open();
});

afterAll(() => scene.estate.close());

/** A store that takes nothing for relays any more once the window closes. */
function closing(kept: Store): Store & { isClosed: boolean } {
  const store = {
    isClosed: false,
    get: (...asked: Parameters<Store['get']>) => kept.get(...asked),
    all: (...asked: Parameters<Store['all']>) => kept.all(...asked),
    byContract: (...asked: Parameters<Store['byContract']>) => kept.byContract(...asked),
    close: () => Promise.resolve(),
    write: (changes: Parameters<Store['write']>[0]) =>
      store.isClosed && changes.some(({ key }) => key.startsWith('outbox|'))
        ? Promise.reject(new Error('the window closed'))
        : kept.write(changes),
  };
  return store;
}

/** The bank does something in a window that closes over it, and opens the next one. */
async function closeOver(root: string, act: (bank: Session) => Promise<unknown>) {
  const kept = openSqliteStore(':memory:');
  const store = closing(kept);
  const { estate, urls, clock } = scene;
  const window = await estate.session('bank', urls, clock, { store });
  await until('the contract', () => window.ownContract(root));
  store.isClosed = true;
  await expect(act(window)).rejects.toThrow('the window closed');
  await window.stop();
  await estate.session('bank', urls, clock, { store: kept });
}

describe('a window that closes at once', () => {
  it('leaves a counter-proposal of the bank to the next', async () => {
    const root = await scene.propose(await scene.offer());
    const before = stateOf(scene.bank, root)?.contract.document as ContractDocument;
    await closeOver(root, ({ agreements: { counters } }) => {
      const terms = counters.draft(root, { ...before, rateBps: before.rateBps + 100 });
      return counters.propose(root, terms, keyFactsHash(terms));
    });
    await until('the investor to be asked', async () => {
      const proposals = await scene.investor.agreements.proposals();
      return proposals.some(
        ({ contract }) => contract.view.fold.state.contract.document.counters === root,
      );
    });
  });

  it('leaves an amendment of the bank to the next', async () => {
    const root = await scene.agree();
    const state = stateOf(scene.bank, root);
    if (!state) throw new Error('the contract is not known');
    const { document } = state.contract;
    await closeOver(root, ({ agreements: { amendments } }) => {
      const kind = { reason: 'amendment', arrears: 'stay' } as const;
      const terms = amendments.draft(state, { ...document, rateBps: 200 }, kind);
      return amendments.propose(root, terms, keyFactsHash(terms));
    });
    await until('the business to be asked', async () => {
      return (await scene.business.agreements.amendments.open(root)).length === 1;
    });
  });

  it('leaves to the next that it declined', async () => {
    const root = await scene.propose(await scene.offer());
    await closeOver(root, ({ agreements }) => agreements.decline(root, 'Too short.'));
    // Declined on one device, it is not asked for on the other.
    await until('the other device to know', async () => {
      const proposals = await scene.bank.agreements.proposals();
      return !proposals.some(({ contract }) => contract.view.root === root);
    });
  });
});

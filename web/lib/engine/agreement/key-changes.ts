/**
 * Keys of one contract replaced or ended: after a device was lost, or in doubt. Spec:
 * specs/keys.md.
 */
import {
  buildKey,
  ok,
  reject,
  type ContractStatus,
  type RoleKey,
  type KeyDocument,
  type Result,
} from '@realyield/protocol';
import { nextEventTimeSec, ownContract, ownContracts, ownHeads } from '../desk.ts';
import type { Desk, OwnContract } from '../desk.ts';
import { publishTried } from '../tried.ts';
import { publishAgreed } from './signing.ts';

/** Nothing is paid under these any more. */
const OVER: readonly ContractStatus[] = ['closed', 'withdrawn'];

/** Key changes of one person. */
export class KeyChanges {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Keys that act for this person in a contract now. */
  keys(root: string): readonly RoleKey[] {
    const contract = ownContract(this.#desk, root);
    if (!contract) return [];
    return contract.view.fold.state.keys.filter(
      ({ role, endsAtSec }) => role === contract.own.role && endsAtSec === undefined,
    );
  }

  /** Puts a fresh key, whose backup was read back, in the place of one; yields the new key. */
  async replace(root: string, from: string): Promise<Result<string>> {
    const contract = ownContract(this.#desk, root);
    const held = this.keys(root).find(({ key }) => key === from);
    if (!contract || !held) return reject('KEY_CONFLICT', 'from');
    const { own, view } = contract;
    const { document } = view.fold.state.contract;
    const relays = document.parties[own.role].relays.slice(0, 4);
    const use = held.use === 'main' ? 'investor' : 'delegate';
    const atSec = this.#desk.clock.nowSec();
    const key = await this.#desk.keyring.create({ use, atSec, contract: root, relays });
    const to = key.publicKey;
    const change = { v: 1, type: 'rotation', contract: root, role: own.role, from, to } as const;
    const done = await this.#publish(contract, change);
    if (!done.ok) return done;
    this.#desk.mailbox.open(key.signer, relays);
    return { ok: true, value: to };
  }

  /** The delegates of contracts under which something is or may be paid still. */
  delegates(): readonly { readonly root: string; readonly key: string }[] {
    return ownContracts(this.#desk).flatMap(({ view: { root, fold } }) => {
      const { status, effectiveAtSec } = fold.state;
      if (effectiveAtSec === undefined || OVER.includes(status)) return [];
      const held = this.keys(root).filter(({ use }) => use === 'delegate');
      return held.map(({ key }) => ({ root, key }));
    });
  }

  /** Puts fresh keys in the place of all of them; stops at the first that cannot be. */
  async replaceAll(): Promise<Result<number>> {
    // KEY-12: "…and MUST offer to put fresh keys in the place of all delegates at once…"
    const all = this.delegates();
    for (const { root, key } of all) {
      const done = await this.replace(root, key);
      if (!done.ok) return done;
    }
    return ok(all.length);
  }

  /** Ends a delegate for good, without another in its place: the main key acts alone then. */
  async revoke(root: string, key: string): Promise<Result<string>> {
    const contract = ownContract(this.#desk, root);
    const held = this.keys(root).find((each) => each.key === key);
    if (!contract || held?.use !== 'delegate') return reject('KEY_CONFLICT', 'key');
    const { role } = contract.own;
    return this.#publish(contract, { v: 1, type: 'revocation', contract: root, role, key });
  }

  async #publish(contract: OwnContract, change: Change): Promise<Result<string>> {
    const { own, view } = contract;
    const { root } = view;
    const prev = ownHeads(this.#desk, root, own);
    const template = buildKey({ ...change, prev }, nextEventTimeSec(this.#desk, root));
    const done = await publishTried(this.#desk, root, own.main, template);
    if (done.ok) await publishAgreed(this.#desk, root);
    return done;
  }
}

type Change = KeyDocument extends infer D
  ? D extends KeyDocument
    ? Omit<D, 'prev'>
    : never
  : never;

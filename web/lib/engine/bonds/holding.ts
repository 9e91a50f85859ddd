/**
 * Holding a key of banks' bonds: a Bitcoin key in a wallet of one's own, or one kept here as one's
 * other keys are. Spec: specs/bonds.md, "Certificates".
 */
import {
  buildBond,
  keyHolderMessage,
  ok,
  readEvent,
  reject,
  type BondDocument,
  type KeyHolderRole,
  type Result,
  type SignedEvent,
} from '@realyield/protocol';
import type { Desk } from '../desk.ts';
import type { HeldKey } from '../keyring.ts';
import type { ParsedBondKey } from './pledge-book.ts';

/** For whom a key is held, and as what. */
export interface HoldingOrder {
  readonly bank: string;
  readonly role: KeyHolderRole;
}

/** A key in a wallet of one's own, with its signature of `messageOf`. */
export interface WalletKey {
  readonly publicKey: string;
  readonly proof: string;
}

/** Signs a bond's event and publishes it, unless a reader would refuse it. */
export async function publishBond(
  desk: Desk,
  document: BondDocument,
): Promise<Result<SignedEvent>> {
  const event = await desk.person.sign(buildBond(document, desk.clock.nowSec()));
  const read = readEvent(event);
  if (!read.ok) return read;
  await desk.catalog.add([event], 'this device');
  await desk.outbox.send(event);
  return ok(event);
}

/** Keys of bonds this person holds. */
export class Holding {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Keys of this person's, as they were published for a bank. */
  own(bank: string): readonly ParsedBondKey[] {
    const { catalog, person } = this.#desk;
    const keys = catalog.listings.pledges.keysFor(bank);
    return keys.filter(({ event }) => event.pubkey === person.publicKey);
  }

  /** What a wallet signs to show that its key is this person's for that. */
  messageOf({ bank, role }: HoldingOrder): string {
    return keyHolderMessage(role, this.#desk.person.publicKey, bank);
  }

  /** Publishes a key in a wallet of one's own; its proof is checked as a stranger would. */
  offerWalletKey({ bank, role }: HoldingOrder, key: WalletKey): Promise<Result<SignedEvent>> {
    return publishBond(this.#desk, { v: 1, type: 'bondKey', role, bank, ...key });
  }

  /** Makes a key that is kept here, encrypted and backed up, and publishes it. */
  async offerOwnKey(order: HoldingOrder): Promise<Result<SignedEvent>> {
    const { clock, keyring } = this.#desk;
    const { bitcoin } = await keyring.create({ use: 'bond', atSec: clock.nowSec() });
    if (!bitcoin) return reject('PAYOUT_SIGNER');
    const proof = bitcoin.signMessage(this.messageOf(order));
    return this.offerWalletKey(order, { publicKey: bitcoin.publicKey, proof });
  }

  /** The key held here, if it is; otherwise a wallet has it. */
  keyFor(publicKey: string): HeldKey['bitcoin'] {
    const keys = this.#desk.keyring.keys();
    return keys.find(({ bitcoin }) => bitcoin?.publicKey === publicKey)?.bitcoin;
  }
}

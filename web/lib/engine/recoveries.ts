/**
 * What a bank got from a business in default, stated for the investors of an offer.
 * Spec: specs/losses.md, "Recovery". A statement moves no money: it says what the bank owes.
 */
import {
  buildNotice,
  ledgerOf,
  offerAddress,
  permittedActs,
  recoveryCostCap,
  reject,
  shareRecovery,
  type ContractState,
  type EmbeddedEvent,
  type NoticeDocument,
  type RecoveryShare,
  type RecoveryStake,
  type Result,
} from '@realyield/protocol';
import { nextEventTimeSec, ownContract, ownHeads } from './desk.ts';
import type { Desk } from './desk.ts';
import { publishTried } from './tried.ts';

/** What a bank got, as its client asks for it. */
export interface Recovered {
  readonly grossUnits: bigint;
  /** What it keeps back of it for costs. */
  readonly costsUnits: bigint;
  /** When it got the money, Unix seconds. */
  readonly recoveredAtSec: number;
  readonly statement: string;
}

/** How a recovery would be shared, and the most that may be kept back of it. */
export interface RecoveryPlan {
  readonly shares: readonly RecoveryShare[];
  readonly costCapUnits: bigint;
}

/** Recoveries stated by one person as bank. */
export class Recoveries {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Whether this person may state one for a contract's offer now. */
  isPossible(root: string): boolean {
    const contract = ownContract(this.#desk, root);
    if (contract?.own.role !== 'bank') return false;
    return permittedActs(contract.view.fold.state, 'bank').includes('recovery');
  }

  /** The shares of all contracts of the offer, before anything is signed. */
  plan(root: string, got: Omit<Recovered, 'statement'>): RecoveryPlan {
    const contract = ownContract(this.#desk, root);
    const { grossUnits, costsUnits, recoveredAtSec } = got;
    const capBps = contract?.view.fold.state.contract.document.legal.mandate.costCapBps ?? 0;
    const netUnits = grossUnits - costsUnits;
    const stakes = this.#stakes(root, recoveredAtSec);
    const shares = netUnits > 0n ? shareRecovery(netUnits, stakes) : [];
    return { shares, costCapUnits: recoveryCostCap(grossUnits, capBps) };
  }

  /** Signs and publishes what was recovered; what would not count is never published. */
  async state(root: string, got: Recovered): Promise<Result<string>> {
    const desk = this.#desk;
    const contract = ownContract(desk, root);
    if (!contract) return reject('CONTRACT_UNKNOWN', root);
    const offer = offerOf(contract.view.fold.state);
    if (!offer) return reject('OFFER_MISMATCH', root);
    if (!this.isPossible(root)) return reject('STATE_FORBIDS', 'recovery');
    const { shares } = this.plan(root, got);
    const atSec = nextEventTimeSec(desk, root);
    const document: NoticeDocument = {
      v: 1,
      type: 'recovery',
      offer: { id: offer.id, address: addressOf(offer) },
      recoveredAtSec: got.recoveredAtSec,
      grossUnits: got.grossUnits.toString(),
      costsUnits: got.costsUnits.toString(),
      contracts: shares.map((share) => share.contract),
      shareUnits: shares.map((share) => share.shareUnits.toString()),
      statement: got.statement,
      prev: ownHeads(desk, root, contract.own),
    };
    return publishTried(desk, root, contract.own.main, buildNotice(document, atSec));
  }

  /** D-8: what each contract of the offer owed at the end of the day before. */
  #stakes(root: string, recoveredAtSec: number): RecoveryStake[] {
    const { catalog } = this.#desk;
    const state = catalog.contract(root)?.fold.state;
    const offer = state && offerOf(state);
    if (!offer) return [];
    const address = addressOf(offer);
    return catalog
      .roots()
      .flatMap((each) => catalog.contract(each) ?? [])
      .filter(({ fold }) => {
        const other = offerOf(fold.state);
        const isInEffect = fold.state.effectiveAtSec !== undefined;
        return isInEffect && other !== undefined && addressOf(other) === address;
      })
      .map(({ root: contract, fold }) => {
        const { daySec } = fold.state.contract.document;
        const endSec = Math.floor(recoveredAtSec / daySec) * daySec - 1;
        return { contract, outstandingUnits: ledgerOf(fold.state, endSec).outstandingUnits };
      });
  }
}

function offerOf({ contract }: ContractState): EmbeddedEvent | undefined {
  return contract.document.bases.find(({ as }) => as === 'offer')?.event;
}

function addressOf({ pubkey, content }: EmbeddedEvent): string {
  return offerAddress(pubkey, String(content['identifier']));
}

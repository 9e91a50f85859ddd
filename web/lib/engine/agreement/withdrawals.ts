/** A party takes its acceptance back. Spec: specs/contract.md, C-20. */
import {
  buildSignature,
  permittedActs,
  reject,
  type Reject,
  type Result,
} from '@realyield/protocol';
import { embedOwn, nextEventTimeSec, ownContract, ownHeads } from '../desk.ts';
import type { Desk } from '../desk.ts';
import { publishTried, tryOnCopy } from '../tried.ts';
import { keepAndTell } from './letters.ts';
import { partyLetters } from './signing.ts';

/** Whether an acceptance can be taken back now, and until when. */
export type WithdrawalOutlook =
  | {
      readonly isPossible: true;
      /** End of the time to withdraw, Unix seconds; before effect there is none. */
      readonly untilSec: number | undefined;
    }
  | { readonly isPossible: false; readonly refused: Reject };

/** Withdrawals of one person. */
export class Withdrawals {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Whether this person may take its acceptance back now. */
  outlook(root: string): WithdrawalOutlook {
    const contract = ownContract(this.#desk, root);
    if (!contract) return { isPossible: false, refused: reject('CONTRACT_UNKNOWN', root) };
    const { own, view } = contract;
    const { state } = view.fold;
    // Who has not signed has nothing to take back, and declines.
    const hasSigned = state.signatures[own.role] !== undefined;
    const mayBe = hasSigned && permittedActs(state, own.role).includes('withdrawal');
    if (!mayBe) {
      const code = state.status === 'effective' ? 'WITHDRAWAL_LATE' : 'STATE_FORBIDS';
      return { isPossible: false, refused: reject(code, 'withdrawal') };
    }
    if (state.status === 'proposed') return { isPossible: true, untilSec: undefined };
    const untilSec = state.coolingOffEndsAtSec ?? 0;
    return nextEventTimeSec(this.#desk, root) < untilSec
      ? { isPossible: true, untilSec }
      : { isPossible: false, refused: reject('WITHDRAWAL_LATE') };
  }

  /** Takes it back; yields the id of what was signed. */
  async withdraw(root: string, reason: string): Promise<Result<string>> {
    const outlook = this.outlook(root);
    if (!outlook.isPossible) return outlook.refused;
    const contract = ownContract(this.#desk, root);
    if (!contract) return reject('CONTRACT_UNKNOWN', root);
    const { own, view } = contract;
    const prev = ownHeads(this.#desk, root, own);
    const template = buildSignature(
      { v: 1, type: 'withdrawal', contract: root, reason, prev },
      nextEventTimeSec(this.#desk, root),
    );
    // What all three have signed is public, and so is its end.
    if (view.fold.state.signedAtSec !== undefined) {
      return publishTried(this.#desk, root, own.main, template);
    }
    const event = await own.main.sign(template);
    const [parsed] = await this.#desk.verifier.readBatch([event]);
    const withdrawal = parsed?.ok ? parsed.value.at(-1) : undefined;
    const tried = withdrawal ? tryOnCopy(this.#desk, root, withdrawal) : reject('EVENT_SHAPE');
    if (!tried.ok) return tried;
    const message = { v: 1, type: 'withdrawal', contract: root } as const;
    const letters = partyLetters(contract, { ...message, withdrawal: embedOwn(event) });
    await keepAndTell(this.#desk, root, [event], letters);
    return tried;
  }
}

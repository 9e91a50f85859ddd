/** Notices on loans not repaid as agreed, and when they would count. Spec: specs/notices.md. */
import {
  buildNotice,
  ledgerOf,
  permittedActs,
  reject,
  type Ledger,
  type NoticeDocument,
  type NoticeType,
  type ParsedNotice,
  type Reject,
  type Result,
  type VerifiedEvent,
} from '@realyield/protocol';
import { actingContract, allHeads, nextEventTimeSec, ownHeads } from './desk.ts';
import type { Desk, OwnContract } from './desk.ts';
import { Recoveries } from './recoveries.ts';
import { publishTried, tryOnCopy } from './tried.ts';

/** Whether a notice would count: now, on a later day if nothing is paid, or not at all. */
export type Outlook =
  | { readonly when: 'now' }
  | { readonly when: 'later'; readonly atSec: number; readonly refused: Reject }
  | { readonly when: 'never'; readonly refused: Reject };

/** Notices of one person. */
export class Notices {
  readonly recoveries: Recoveries;
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.recoveries = new Recoveries(desk);
  }

  /** Signs and publishes a notice; one that would not count is never published. */
  async give(root: string, type: NoticeType, statement: string): Promise<Result<string>> {
    const contract = actingContract(this.#desk, root);
    if (!contract) return reject('CONTRACT_UNKNOWN', root);
    const { own, view } = contract;
    if (!permittedActs(view.fold.state, own.role).includes(type)) {
      return reject('STATE_FORBIDS', type);
    }
    const atSec = nextEventTimeSec(this.#desk, root);
    const document = this.#document(contract, type, statement, atSec);
    return publishTried(this.#desk, root, own.main, buildNotice(document, atSec));
  }

  /** When a notice would count if nothing were paid until then. */
  outlook(root: string, type: NoticeType): Outlook {
    const contract = actingContract(this.#desk, root);
    if (!contract) return { when: 'never', refused: reject('CONTRACT_UNKNOWN', root) };
    const { state } = contract.view.fold;
    if (!permittedActs(state, contract.own.role).includes(type)) {
      return { when: 'never', refused: reject('STATE_FORBIDS', type) };
    }
    const nowSec = nextEventTimeSec(this.#desk, root);
    const refused = this.#try(contract, type, nowSec);
    if (!refused) return { when: 'now' };
    const atSec = this.#days(contract, type, nowSec).find(
      (startSec) => this.#try(contract, type, startSec) === undefined,
    );
    return atSec === undefined ? { when: 'never', refused } : { when: 'later', atSec, refused };
  }

  /** Starts of the days on which the terms let something happen, soonest first. */
  #days(contract: OwnContract, type: NoticeType, nowSec: number): number[] {
    const { state } = contract.view.fold;
    const { daySec, plan, default: terms } = state.contract.document;
    const late = firstLate(this.#ledger(contract, nowSec));
    if (!late) return [];
    // A due time is its day's last second.
    const after = (sec: number, days: number): number => (Math.floor(sec / daySec) + days) * daySec;
    if (type === 'arrears') return [after(late.dueAtSec, plan.graceDays + 1)];
    if (type !== 'default') return [];
    const cured = state.notices
      .filter((notice) => notice.type === 'arrears')
      .map((notice) => after(notice.asOfSec, terms.cureDays + 1));
    return [after(late.dueAtSec, terms.afterDays), ...cured]
      .filter((sec) => sec > nowSec)
      .sort((a, b) => a - b);
  }

  #ledger({ view }: OwnContract, atSec: number): Ledger {
    const { state } = view.fold;
    return ledgerOf(state, atSec);
  }

  #document(
    contract: OwnContract,
    type: NoticeType,
    statement: string,
    atSec: number,
  ): NoticeDocument {
    const { root } = contract.view;
    const seen = allHeads(this.#desk, root);
    const prev = ownHeads(this.#desk, root, contract.own);
    const shared = { v: 1, contract: root, seen, statement, prev } as const;
    if (type !== 'arrears') return { ...shared, type };
    const instalment = firstLate(this.#ledger(contract, atSec))?.number ?? 1;
    return { ...shared, type, instalment };
  }

  #try(contract: OwnContract, type: NoticeType, atSec: number): Reject | undefined {
    const document = this.#document(contract, type, '', atSec);
    const blank = { id: 'f'.repeat(64), sig: '', pubkey: contract.own.main.publicKey };
    // Not signed, so not verified: it is judged on a copy, and goes nowhere.
    const event = { ...buildNotice(document, atSec), ...blank } as VerifiedEvent;
    const notice: ParsedNotice = { name: 'notice', event, document };
    const tried = tryOnCopy(this.#desk, contract.view.root, notice);
    return tried.ok ? undefined : tried;
  }
}

function firstLate(ledger: Ledger): Ledger['instalments'][number] | undefined {
  return ledger.instalments.find(({ state }) => state === 'late');
}

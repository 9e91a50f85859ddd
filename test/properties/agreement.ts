/** Laws over histories in which terms are amended and keys are replaced and revoked. */
import {
  computeLedger,
  computeStateHash,
  ContractFold,
  embeddedIn,
  foldContract,
  type ContractDocument,
  type ContractState,
  type ParsedContract,
  type ParsedEvent,
  type PartyRole,
} from '@realyield/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accept, acceptAll, amendment, revoke, rotate } from '../fixtures/agreements.ts';
import { publicOf } from '../fixtures/keys.ts';
import type { Loan } from '../fixtures/loan.ts';
import { stateHashOf } from '../independent-reader.mjs';
import { actions, playLoan, type Action } from './actions.ts';

const RUNS = { numRuns: 40, endOnFailure: true };
const START = 1_800_000_000;
const DAY = 60;
const ROLES: readonly PartyRole[] = ['investor', 'business', 'bank'];

/** A change of keys or terms after one of the steps. */
interface Change {
  readonly type: 'amend' | 'rotate' | 'revoke' | 'name';
  readonly after: number;
  readonly role: number;
  readonly pick: number;
  readonly day: number;
  readonly isWhole: boolean;
}

const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({
    type: fc.constantFrom(...(['amend', 'amend', 'rotate', 'revoke', 'revoke', 'name'] as const)),
    after: fc.nat({ max: 20 }),
    role: fc.nat({ max: 2 }),
    pick: fc.nat({ max: 30 }),
    // Often dated back to the first day.
    day: fc.oneof(fc.constant(0), fc.nat({ max: 120 })),
    isWhole: fc.nat({ max: 3 }).map((number) => number > 0),
  }),
  { minLength: 1, maxLength: 6 },
);

/** What amendments change: some what none may. */
function changeOf({ pick }: Change, { plan }: ContractDocument): Partial<ContractDocument> {
  if (pick % 5 === 0) return { coolingOffDays: 1 };
  if (pick % 5 === 1) return { default: { afterDays: 1 + pick, cureDays: 1 } };
  const atSec = [START + (70 + pick) * DAY - 1, START + (150 + pick) * DAY - 1];
  const due = { rule: 'list' as const, atSec: plan.type === 'bullet' ? atSec.slice(1) : atSec };
  const reason = pick % 2 === 0 ? 'restructuring' : 'amendment';
  const arrears = pick % 3 === 0 ? 'fold' : 'stay';
  return { rateBps: pick * 100, plan: { ...plan, due }, reason, arrears };
}

/** Who keys are handed to by rotations and acceptances: a name for each role. */
type Heir = (role: PartyRole) => string;

const ownTablet: Heir = (role) => `${role} tablet`;

function perform(loan: Loan, versions: ParsedContract[], change: Change, heirOf: Heir): void {
  const atSec = START + change.day * DAY + change.pick;
  const role = ROLES[change.role] ?? 'bank';
  if (change.type === 'revoke') {
    const key = change.pick % 2 === 0 ? role : `${role} phone`;
    revoke(loan, role, key, atSec, change.isWhole ? role : 'stranger');
    return;
  }
  if (change.type === 'name') {
    loan.sign(role, atSec, heirOf(role), []);
    return;
  }
  if (change.type === 'rotate') {
    const [from, to] = change.isWhole ? [role, `${role} new`] : [`${role} phone`, heirOf(role)];
    rotate(loan, role, { from, to }, atSec, change.pick % 7 === 0 ? 'stranger' : role);
    return;
  }
  const replaced = versions[change.pick % (versions.length + 1)] ?? loan.contract;
  const amended = amendment(loan, changeOf(change, replaced.document), atSec, replaced);
  if (change.isWhole) acceptAll(loan, amended, atSec + 1);
  else accept(loan, amended, role, atSec + 1);
  versions.push(amended);
}

function playChanges(
  list: readonly Action[],
  changed: readonly Change[],
  heirOf: Heir = ownTablet,
): Loan {
  const versions: ParsedContract[] = [];
  return playLoan(list, true, {}, (loan, step) => {
    for (const change of changed) {
      if (change.after === step) perform(loan, versions, change, heirOf);
    }
  });
}

function stateOf(root: string, events: readonly ParsedEvent[]): ContractState {
  const fold = foldContract(root, events);
  if (!fold.ok) throw new Error(fold.code);
  return fold.value.state;
}

/** Ids of all that an event rests on: what it names and embeds, and what that does. */
function pastOf(id: string, events: readonly ParsedEvent[]): Set<string> {
  const byId = new Map(events.map((parsed) => [parsed.event.id, parsed]));
  const past = new Set<string>();
  const stack = [id];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const parsed = byId.get(next);
    if (!parsed || past.has(next)) continue;
    past.add(next);
    const { document } = parsed;
    for (const name of ['prev', 'seen'] as const) {
      if (name in document) stack.push(...(document as Record<typeof name, string[]>)[name]);
    }
    if (parsed.name !== 'contract') stack.push(...embeddedIn(parsed).map((each) => each.id));
  }
  return past;
}

const FINAL = ['default', 'acceleration', 'writeOff', 'closure', 'takeover'];

/** Whether anybody can add it to what a final event rests on, without the business's word. */
function isAddable(parsed: ParsedEvent, taken: ReadonlySet<string>): boolean {
  const { document } = parsed;
  const type = 'type' in document ? document.type : '';
  // An amendment is signed by the business as well.
  if (parsed.name === 'signature' && 'terms' in document) {
    return document.terms.id === document.contract;
  }
  // The payee's word on when a payment came counts within the payment's window.
  if (type === 'objection' || FINAL.includes(type)) return false;
  if (parsed.name === 'receipt') {
    const { request } = parsed.document;
    const hashes = request.content['paymentHash'] as readonly string[];
    // A second proof of the same payment is no further payment.
    return !taken.has(request.id) && !hashes.some((hash) => taken.has(hash));
  }
  return true;
}

/** All that is owed long after, but for disbursements that no final event saw. */
function debtOf({ contract, payments }: ContractState, course: object): bigint {
  const known = payments.filter(({ afterFinal }) => !afterFinal);
  const ledger = computeLedger(contract.document, known, 4_200_000_000, course);
  return ledger.outstandingUnits + ledger.interestOwedUnits + ledger.lateFeesOwedUnits;
}

describe('a history with changes of keys and terms', () => {
  it('gives one state and one list of rejects, whatever the order and however often', () => {
    fc.assert(
      fc.property(actions, changes, fc.nat({ max: 9_999 }), (list, changed, seed) => {
        const loan = playChanges(list, changed);
        const once = loan.fold();
        const keyed = [...loan.parsed, ...loan.parsed.slice(0, seed % 9)].map((parsed, index) => {
          return { parsed, key: ((index + 1) * (seed + 7)) % 10_007 };
        });
        const growing = new ContractFold(loan.root);
        for (const { parsed } of keyed.sort((a, b) => a.key - b.key)) {
          growing.add([parsed]);
          if (parsed.event.id.startsWith('0')) growing.fold();
        }
        const again = growing.fold();
        if (!again.ok) throw new Error(again.code);
        expect({ ...again.value, state: undefined }).toEqual({ ...once, state: undefined });
        const { contract: _, ...state } = once.state;
        expect(again.value.state).toMatchObject(state);
        expect(computeStateHash(again.value.state)).toBe(computeStateHash(once.state));
      }),
      RUNS,
    );
  });

  it('is what the specification says of keys, to a second reader of it', () => {
    const onKeys = changes.map((list) => list.filter(({ type }) => type !== 'amend'));
    fc.assert(
      fc.property(actions, onKeys, (list, changed) => {
        const loan = playChanges(list, changed, () => 'stranger');
        const raw = loan.events.map((event) => {
          return { ...event, tags: event.tags.map((tag) => [...tag]) };
        });
        expect(stateHashOf(loan.root, raw)).toBe(computeStateHash(loan.fold().state));
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  it('owes no more than by what its first final event rests on, whatever else is there', () => {
    let [finals, extras] = [0, 0];
    fc.assert(
      fc.property(actions, changes, (list, changed) => {
        const loan = playChanges(list, changed, () => 'stranger');
        const { root, parsed: events } = loan;
        const { finalEvents, signatures } = stateOf(root, events);
        const [final] = finalEvents;
        if (final === undefined) return;
        const past = pastOf(final, events).add(root);
        for (const signature of Object.values(signatures)) past.add(signature.id);
        const base = events.filter(({ name, event }) => name === 'contract' || past.has(event.id));
        const taken = new Set(
          base.flatMap((parsed) =>
            parsed.name === 'request' ? [parsed.event.id, ...parsed.document.paymentHash] : [],
          ),
        );
        const added = events.filter((each) => !base.includes(each) && isAddable(each, taken));
        const [before, after] = [stateOf(root, base), stateOf(root, [...base, ...added])];
        expect(before.finalEvents).toContain(final);
        expect(after.finalEvents).toContain(final);
        finals += 1;
        extras += added.length;
        expect(debtOf(after, {})).toBeLessThanOrEqual(debtOf(before, {}));
      }),
      { numRuns: 60, endOnFailure: true },
    );
    expect(Math.min(finals, extras)).toBeGreaterThan(0);
  });

  it('knows strangers by no rotation of theirs', () => {
    fc.assert(
      fc.property(actions, changes, (list, changed) => {
        const loan = playChanges(list, changed);
        const own = loan.parsed.filter(({ event }) => event.pubkey !== publicOf('stranger'));
        expect(computeStateHash(stateOf(loan.root, own))).toBe(computeStateHash(loan.fold().state));
      }),
      RUNS,
    );
  });
});

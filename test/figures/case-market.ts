/** Cases of every kind, drawn by dice: answered or not, late, silent, overruled, settled, paid. */
import type { SignedEvent } from '@realyield/protocol';
import { OPEN_DAY, TestCase, rulingOn, unpaidLoan } from '../../protocol/src/testing/disputes.ts';
import { Dice } from '../fixtures/mutations.ts';
import { sparedSigning } from '../fixtures/loan.ts';

/** Who decides in these cases. */
export const JUDGES = ['judge A', 'judge B', 'judge C'] as const;
const CLAIM = 1_020_000_000n;
const AWARDS = [0n, 200_000_000n, 600_000_000n] as const;

/** A case whose first and second arbiter are these. */
function opened(index: number): TestCase {
  const first = JUDGES[index % 3] ?? 'judge A';
  const second = JUDGES[(index + 1) % 3] ?? 'judge B';
  const cast = (name: string): string => {
    if (name === 'arbiter') return first;
    if (name === 'fallback arbiter') return second;
    return name === 'investor' ? `investor ${index}` : name;
  };
  const made = new TestCase(
    unpaidLoan(`investor ${index}`, { signing: sparedSigning, cast, seed: `case ${index}` }),
  );
  made.open(CLAIM);
  return made;
}

/** Steps on rising days by whoever the dice say, knowing all before them or the opening alone. */
export function drawCase(index: number): TestCase {
  const made = opened(index);
  const dice = new Dice(index);
  const [opening] = made.steps as [SignedEvent];
  const takings: { readonly judge: string; readonly event: SignedEvent }[] = [];
  let day = OPEN_DAY;
  for (let steps = 4 + dice.roll(9); steps > 0; steps -= 1) {
    day += 1 + dice.roll(24);
    const options = dice.roll(3) === 0 ? { prev: [opening] } : {};
    const judge = dice.pick(['arbiter', 'arbiter', 'fallback arbiter', 'stranger']);
    const units = dice.pick(AWARDS);
    const awards = units === 0n ? [] : [made.award(units, dice.pick(['repayment', 'recovery']))];
    switch (dice.roll(9)) {
      case 0:
        made.respond(day, options, dice.pick(['bank', 'business', 'investor']));
        break;
      case 1:
      case 2:
        takings.push({ judge, event: made.take(day, judge, options) });
        break;
      case 3:
      case 4:
      case 5:
        if (takings.length > 0) {
          const { event, judge: own } = dice.pick(takings);
          const said = rulingOn(event, made.steps, awards, made.at(day + 14));
          made.step(dice.roll(6) === 0 ? judge : own, said, day);
        }
        break;
      case 6:
        made.step(dice.pick(['bank', 'investor', 'stranger']), { type: 'fallback' }, day, options);
        break;
      case 7: {
        if (dice.roll(3) > 0 || awards.length === 0) break;
        const terms = { awards, payBySec: made.at(day + 20), statement: '' };
        const proposal = made.step('bank', { type: 'proposal', ...terms }, day);
        for (const name of dice.pick([['investor'], ['investor', 'business']])) {
          made.accept(name, proposal, day + 1);
        }
        break;
      }
      default:
        if (dice.roll(5) === 0) made.step('investor', { type: 'withdrawal', statement: '' }, day);
    }
  }
  for (const leg of ['repayment', 'recovery'] as const) {
    const amountUnits = dice.pick([0n, 100_000_000n, 600_000_000n]);
    if (amountUnits > 0n) made.loan.pay(leg, [{ n: 0, amountUnits }], made.at(day + 3));
  }
  made.refresh();
  return made;
}

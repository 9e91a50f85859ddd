/**
 * Records of arbiters and of cases, from raw steps (2817), contracts (2810) and paid parts alone:
 * specs/figures.md "Cases" and specs/disputes.md, by code that knows nothing of the protocol's.
 * Steps are of cases of one claim each, by main keys that nobody replaced.
 */
import type { PaidPart, RawEvent } from './relay.ts';

interface Award {
  readonly contract: string;
  readonly leg: string;
  readonly units: string;
}

interface Content {
  readonly type: string;
  readonly contract: string;
  readonly dispute?: string;
  readonly prev: readonly string[];
  readonly admitted?: readonly string[];
  readonly taken?: string;
  readonly outcome?: string;
  readonly proposal?: { readonly id: string };
  readonly awards?: readonly Award[];
  readonly payBySec?: number;
  readonly claimUnits?: string;
  readonly block?: { readonly medianTimeSec: number };
}

interface Terms {
  readonly daySec: number;
  readonly parties: Readonly<Record<string, { readonly pubkey: string }>>;
  readonly appointees: { readonly arbiter: string; readonly fallbackArbiter: string };
}

interface Step {
  readonly id: string;
  readonly by: string;
  readonly said: Content;
  readonly claimedSec: number;
  readonly atSec: number;
  readonly past: ReadonlySet<string>;
}

/** A case as far as records need it. */
export interface PlainCase {
  readonly terms: Terms;
  readonly silent: boolean;
  readonly takes: Readonly<Record<string, readonly Step[]>>;
  readonly rulings: Readonly<Record<string, readonly Step[]>>;
  readonly ended: 'withdrawn' | 'settled' | 'ruled' | undefined;
  readonly decider: string;
  /** A ruling, not a settlement, says what is owed. */
  readonly isDecided: boolean;
  readonly dueSec: number;
  readonly awards: readonly Award[];
  readonly payBySec: number;
  readonly owes: boolean;
}

const idsNamed = ({ prev, dispute, admitted, taken, outcome, proposal }: Content): string[] =>
  [...prev, dispute, ...(admitted ?? []), taken, outcome, proposal?.id].filter(
    (id) => id !== undefined,
  );

/** Steps in order: of those whose parents are placed, always the least by time and id. */
function inOrder(raws: readonly RawEvent[]): Step[] {
  const waiting = new Map(raws.map((raw) => [raw.id, raw]));
  const placed = new Map<string, Step>();
  while (waiting.size > 0) {
    const ready = [...waiting.values()].flatMap((raw) => {
      const said = JSON.parse(raw.content) as Content;
      if (idsNamed(said).some((id) => waiting.has(id))) return [];
      return [{ raw, said, sec: Math.max(raw.created_at, said.block?.medianTimeSec ?? 0) }];
    });
    ready.sort((a, b) => a.sec - b.sec || (a.raw.id < b.raw.id ? -1 : 1));
    const [next] = ready;
    if (!next) throw new Error('steps name each other in a circle');
    const parents = idsNamed(next.said).flatMap((id) => placed.get(id) ?? []);
    placed.set(next.raw.id, {
      ...{ id: next.raw.id, by: next.raw.pubkey, said: next.said, claimedSec: next.sec },
      atSec: Math.max(next.sec, ...parents.map(({ atSec }) => atSec)),
      past: new Set(parents.flatMap(({ id, past }) => [id, ...past])),
    });
    waiting.delete(next.raw.id);
  }
  return [...placed.values()];
}

const PAYERS: Readonly<Record<string, string>> = {
  ...{ disbursement: 'investor', repayment: 'business', guarantee: 'bank', recovery: 'bank' },
};

/** A proposal that all have signed and that no other such proposal rests on, and since when. */
function settled(
  { counted: steps, withdrawals }: Pick<Said, 'counted' | 'withdrawals'>,
  keyOf: (role: string) => string,
) {
  const all = steps.flatMap((step) => {
    if (step.said.type !== 'proposal') return [];
    const signed = [step, ...steps.filter((each) => each.said.proposal?.id === step.id)].filter(
      // Whoever has taken the claim back has nothing to settle.
      ({ by, past }) => by !== keyOf('investor') || !withdrawals.some(({ id }) => past.has(id)),
    );
    const payers = (step.said.awards ?? []).map(({ leg }) => PAYERS[leg] ?? '');
    const since = ['investor', 'bank', ...payers].map((role) =>
      Math.min(...signed.filter(({ by }) => by === keyOf(role)).map(({ atSec }) => atSec)),
    );
    const atSec = Math.max(...since);
    return Number.isFinite(atSec) ? [{ step, atSec }] : [];
  });
  return all.find(({ step }) => !all.some((other) => other.step.past.has(step.id)));
}

interface Said {
  readonly takes: Record<string, Step[]>;
  readonly rulings: Record<string, Step[]>;
  readonly calls: Step[];
  readonly counted: Step[];
  readonly withdrawals: Step[];
  /** Calls before which the case was not over, by whether the arbiter's time was. */
  readonly silences: { late: boolean }[];
}

/** Whether the arbiter let its time pass before a call, by all that stands before it. */
function isLate(call: Step, opened: Step, terms: Terms, { takes, rulings }: Said): boolean {
  const { arbiter } = terms.appointees;
  const [taken] = takes[arbiter] ?? [];
  const dueSec = taken ? taken.atSec + 60 * terms.daySec : opened.atSec + 28 * terms.daySec;
  return call.atSec > dueSec && (rulings[arbiter] ?? []).length === 0;
}

const keysIn =
  ({ parties }: Terms) =>
  (role: string): string =>
    parties[role]?.pubkey ?? '';

/** One step after the opening, taken by whoever may take it, or left aside. */
function take(step: Step, opened: Step, terms: Terms, found: Said): void {
  const { arbiter, fallbackArbiter } = terms.appointees;
  const days = (count: number): number => count * terms.daySec;
  const rests = ({ id }: Step): boolean => step.past.has(id);
  const isParty = Object.values(terms.parties).some(({ pubkey }) => pubkey === step.by);
  const isArbiter = step.by === arbiter || step.by === fallbackArbiter;
  const { said } = step;
  if (said.type === 'taken' && isArbiter) {
    if (step.by === arbiter || found.calls.some(rests)) (found.takes[step.by] ??= []).push(step);
  } else if (said.type === 'ruling' && isArbiter) {
    const own = (found.takes[step.by] ?? []).some(({ id }) => id === said.taken);
    const answers = found.counted.filter((each) => each.said.type === 'response');
    const answered = answers.some(({ id }) => said.admitted?.includes(id));
    const sum = (said.awards ?? []).reduce((total, { units }) => total + BigInt(units), 0n);
    const isFair = sum <= BigInt(opened.said.claimUnits ?? '0');
    const isRipe = answered || step.atSec > opened.atSec + days(14);
    if (own && isRipe && isFair) (found.rulings[step.by] ??= []).push(step);
  } else if (!isParty) return;
  else if (said.type === 'fallback') {
    const taken = (found.takes[arbiter] ?? []).find(rests);
    const dueSec = taken ? taken.atSec + days(60) : opened.atSec + days(28);
    const isRuled = (found.rulings[arbiter] ?? []).some(rests);
    if (!(step.atSec > dueSec) || isRuled) return;
    found.calls.push(step);
    const isOver = found.withdrawals.length > 0 || settled(found, keysIn(terms));
    if (!isOver) found.silences.push({ late: isLate(step, opened, terms, found) });
  } else if (said.type === 'withdrawal') {
    if (step.by === terms.parties['investor']?.pubkey) found.withdrawals.push(step);
  } else if (said.type !== 'response' || step.by !== terms.parties['investor']?.pubkey) {
    found.counted.push(step);
  }
}

/** Whether anything of awards is not paid by what settled from a time on. */
function isOwing(awards: readonly Award[], parts: readonly PaidPart[], fromSec: number): boolean {
  return awards.some(({ contract, leg, units }) => {
    const own = parts.filter((part) => part.root === contract && part.leg === leg);
    const paid = own.filter(({ atSec }) => atSec >= fromSec);
    return paid.reduce((sum, { msat }) => sum + msat, 0n) < BigInt(units);
  });
}

/** A case from its raw steps. */
export function plainCase(
  id: string,
  raws: readonly RawEvent[],
  terms: Terms,
  parts: readonly PaidPart[],
): PlainCase {
  const keys = Object.values(terms.parties).map(({ pubkey }) => pubkey);
  const named = new Set([...keys, terms.appointees.arbiter, terms.appointees.fallbackArbiter]);
  const steps = inOrder(raws.filter(({ pubkey }) => named.has(pubkey)));
  const opened = steps.find((step) => step.id === id);
  if (!opened) throw new Error('no opening');
  const found: Said = {
    ...{ takes: {}, rulings: {}, calls: [], counted: [], withdrawals: [], silences: [] },
  };
  for (const step of steps) if (step !== opened) take(step, opened, terms, found);
  const { takes, rulings, withdrawals, silences } = found;
  const { arbiter, fallbackArbiter } = terms.appointees;
  const isReplaced = (takes[fallbackArbiter] ?? []).length > 0;
  const decider = isReplaced ? fallbackArbiter : arbiter;
  const deal = settled(found, keysIn(terms));
  const ending = deal?.step ?? rulings[decider]?.[0];
  const awards = ending?.said.awards ?? [];
  const [taken] = takes[decider] ?? [];
  const due = taken ? taken.atSec + 60 * terms.daySec : opened.atSec + 28 * terms.daySec;
  const owes = isOwing(awards, parts, deal?.atSec ?? ending?.atSec ?? 0);
  const isMet = ending && !owes && !withdrawals.some((each) => ending.past.has(each.id));
  const isWithdrawn = withdrawals.length > 0 && !isMet;
  return {
    ...{ terms, takes, rulings, decider, awards, owes },
    silent: silences.some(({ late }) => late || isReplaced),
    ended: isWithdrawn ? 'withdrawn' : deal ? 'settled' : ending ? 'ruled' : undefined,
    isDecided: !deal && ending !== undefined,
    dueSec: !taken && isReplaced ? Infinity : due,
    payBySec: ending?.said.payBySec ?? 0,
  };
}

/** An arbiter's record, field by field as specs/figures.md has it. */
export function plainArbiterRecord(key: string, all: readonly PlainCase[], asOfSec: number) {
  const own = all.filter(
    ({ terms: { appointees }, takes, silent }) =>
      appointees.arbiter === key ||
      (appointees.fallbackArbiter === key && (silent || takes[key] !== undefined)),
  );
  const first = (steps: readonly Step[] | undefined): number | undefined => steps?.[0]?.atSec;
  const spans = own.flatMap(({ takes, rulings, terms }) => {
    const [from, to] = [first(takes[key]), first(rulings[key])];
    return from === undefined || to === undefined ? [] : [{ sec: to - from, day: terms.daySec }];
  });
  const days = spans.map(({ sec, day }) => Math.floor(sec / day)).sort((a, b) => a - b);
  const isFirst = ({ terms }: PlainCase): boolean => terms.appointees.arbiter === key;
  return {
    cases: own.length,
    taken: own.filter(({ takes }) => takes[key]).length,
    ruled: own.filter(({ rulings }) => rulings[key]).length,
    ruledInTime: spans.filter(({ sec, day }) => sec <= 60 * day).length,
    silent: own.filter((each) => isFirst(each) && each.silent).length,
    overdue: own.filter(
      (each) => each.decider === key && each.ended === undefined && asOfSec > each.dueSec,
    ).length,
    overruled: own.filter(
      (each) => isFirst(each) && each.rulings[key] && each.decider !== key && each.isDecided,
    ).length,
    contradicted: own.filter(({ rulings }) => (rulings[key]?.length ?? 0) > 1).length,
    daysToRuling: days[Math.ceil(days.length / 2) - 1],
  };
}

/** What became of cases, field by field. */
export function plainCaseRecord(all: readonly PlainCase[], asOfSec: number) {
  const of = (ended: PlainCase['ended']): PlainCase[] => all.filter((each) => each.ended === ended);
  const rulings = of('ruled');
  const owed = [...rulings, ...of('settled')].filter(({ owes }) => owes);
  const isLate = ({ payBySec }: PlainCase): boolean => asOfSec > payBySec;
  const complied = rulings.filter(({ owes, awards }) => !owes && awards.length > 0).length;
  const not = rulings.filter((each) => each.owes && isLate(each)).length;
  const bps = complied + not === 0 ? undefined : Math.floor((complied * 10_000) / (complied + not));
  return {
    ...{ cases: all.length, undecided: of(undefined).length, withdrawn: of('withdrawn').length },
    ...{ settled: of('settled').length, ruled: rulings.length },
    dismissed: rulings.filter(({ awards }) => awards.length === 0).length,
    ...{ owed: owed.length, unpaid: owed.filter(isLate).length },
    compliance: { numerator: complied, denominator: complied + not, bps },
  };
}

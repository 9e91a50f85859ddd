/** A second reader, from specs/ alone. Beyond 200 lines, the specification is too complicated. */
import { createHash } from 'node:crypto';
const ROLES = ['investor', 'business', 'bank'];
const PAYER = { disbursement: 'investor', repayment: 'business' };
const PAYEE = { disbursement: 'business', repayment: 'investor' };
/** An event as NIP-01 writes it; embedded ones carry their content as JSON. */
export type RawEvent<Content = string> = Record<'id' | 'pubkey', string> &
  Record<'created_at' | 'kind', number> & { tags: readonly string[][]; content: Content };
type Entry = RawEvent<Document>;
type Leg = keyof typeof PAYER;
/** The fields this reader looks at; which of them are there depends on the kind. */
type Document = Record<'type' | 'contract' | 'role' | 'delegate' | 'principalMsat', string> &
  Record<'daySec' | 'rateBps' | 'notBeforeSec' | 'expiresAtSec', number> &
  Record<'msat' | 'paymentHash', string[]> &
  Partial<{ prev: string[]; seen: string[]; settledAtSec: number; terms: Entry }> & {
    leg: Leg;
    n: number[];
    parties: Record<string, { pubkey: string }>;
    tranches: { amountMsat: string; lapsesAtSec: number; ticks: number }[];
    items?: { request: string; n: number[] }[];
    request: Entry;
  };
type Payment = Record<'n' | 'atSec', number> & { leg: Leg; request: string; msat: bigint };

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const sum = (payments: Payment[]): bigint => payments.reduce((all, { msat }) => all + msat, 0n);

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const pairs = Object.entries(value).sort(([a], [b]) => compare(a, b));
  return `{${pairs.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

/** The id of an event (NIP-01), embedded or not. */
export function idOf({ pubkey, created_at, kind, tags, content }: RawEvent<unknown>): string {
  const text = typeof content === 'string' ? content : canonical(content);
  return sha256(JSON.stringify([0, pubkey, created_at, kind, tags, text]));
}

/** What an event rests on ("Finality"), as far as it is here. */
function restsOn(id: string, entries: ReadonlyMap<string, Entry>, found = new Set<string>()) {
  const { prev = [], seen = [], terms, request, contract } = entries.get(id)?.content ?? {};
  const embedded = typeof request === 'object' ? request.id : terms?.id;
  for (const next of [...prev, ...seen, embedded, contract]) {
    if (next === undefined || !entries.has(next) || found.has(next)) continue;
    restsOn(next, entries, found.add(next));
  }
  return found;
}

/** M-3 to M-13: whether nothing is owed and nothing can still be paid out. */
function isRepaid(terms: Document, payments: readonly Payment[], atSec: number): boolean {
  const dayOf = (at: { atSec: number }): number => Math.floor(at.atSec / terms.daySec);
  const principal = BigInt(terms.principalMsat);
  let [disbursed, repaid, interestPaid, accrued] = [0n, 0n, 0n, 0n];
  const days = [...new Set([...payments, { atSec }].map(dayOf))].sort((a, b) => a - b);
  for (const [at, day] of days.entries()) {
    const bearing = disbursed - repaid < 1000n ? 0n : disbursed - repaid;
    accrued += bearing * BigInt(terms.rateBps * (day - (days[at - 1] ?? day)));
    const paid = (leg: Leg): bigint =>
      sum(payments.filter((payment) => payment.leg === leg && dayOf(payment) === day));
    disbursed = least(principal, disbursed + paid('disbursement'));
    const interest = least(paid('repayment'), accrued / 3_650_000n - interestPaid);
    interestPaid += interest;
    repaid += least(paid('repayment') - interest, disbursed - repaid);
  }
  const isLapsed = terms.tranches.every((tranche) => tranche.lapsesAtSec <= atSec);
  const owed = disbursed - repaid + accrued / 3_650_000n - interestPaid;
  return disbursed > 0n && (isLapsed || disbursed === principal) && owed < 1000n;
}

/** P-1: tranche and amount of every tick. */
function ticksOf({ tranches }: Document): { tranche: number; msat: bigint }[] {
  return tranches.flatMap(({ ticks, amountMsat }, tranche) => {
    const share = (BigInt(amountMsat) / BigInt(ticks) / 1000n) * 1000n;
    const last = { tranche, msat: BigInt(amountMsat) - share * BigInt(ticks - 1) };
    return [...new Array<typeof last>(ticks - 1).fill({ tranche, msat: share }), last];
  });
}

/** P-10 to P-14: what receipts prove, given the answers of each leg's payee. */
function resolve(receipts: Entry[], answersOf: (leg: Leg) => Entry[]): Payment[] {
  const best = new Map<string, Payment>();
  for (const { created_at, content } of receipts) {
    const { id: request, content: asked } = content.request;
    const { leg, notBeforeSec, expiresAtSec } = asked;
    for (const n of content.n) {
      const times = answersOf(leg)
        .filter(({ content: said }) => (said.request as unknown) === request && said.n.includes(n))
        .map(({ content: { settledAtSec = 0 } }) => settledAtSec)
        .filter((sec) => sec <= expiresAtSec)
        .concat(Math.min(Math.max(created_at, notBeforeSec), expiresAtSec));
      const at = asked.n.indexOf(n);
      const key = `${leg} ${asked.paymentHash[at] ?? ''}`;
      const known = best.get(key);
      if (known && known.request < request) continue;
      if (known?.request === request) times.push(known.atSec);
      const msat = BigInt(asked.msat[at] ?? 0);
      best.set(key, { leg, request, n, msat, atSec: Math.max(...times) });
    }
  }
  return [...best.values()].sort((a, b) => compare(a.request, b.request) || a.n - b.n);
}

/** C-25: pairs of requests, one after the other, that ask for one part at one time. */
function overlaps(requests: Entry[]): string[][] {
  const windows = requests.flatMap(({ id, content: { leg, n, notBeforeSec, expiresAtSec } }) =>
    n.map((part) => ({ key: `${leg} ${part}`, fromSec: notBeforeSec, toSec: expiresAtSec, id })),
  );
  windows.sort((a, b) => compare(a.key, b.key) || a.fromSec - b.fromSec || compare(a.id, b.id));
  const pairs = windows.flatMap(({ key, fromSec, id }, at) => {
    const last = windows[at - 1];
    const isBoth = last?.key === key && last.id !== id && fromSec < last.toSec;
    return isBoth ? [[last.id, id].sort().join()] : [];
  });
  return [...new Set(pairs)].map((pair) => ['overlapping requests', ...pair.split(',')]);
}

/** C-14 to C-20, P-8, P-9: who signed what, as far as it counts. */
function gather(root: string, events: readonly RawEvent[]) {
  const all = events.map((raw) => ({ ...raw, content: JSON.parse(raw.content) as Document }));
  const unique = new Map(all.map((entry) => [entry.id, entry]));
  const terms = unique.get(root)?.content;
  if (!terms) throw new Error('CONTRACT_UNKNOWN');
  const own = [...unique.values()]
    .filter(({ content, kind }) => content.contract === root && kind !== 2812)
    .sort((a, b) => a.created_at - b.created_at || compare(a.id, b.id));
  const isMain = (key: string, role: string): boolean => terms.parties[role]?.pubkey === key;
  const typed = (type: string, role: string): Entry[] =>
    own.filter(({ content, pubkey }) => content.type === type && isMain(pubkey, role));
  const signed = (role: string): Entry[] =>
    typed('acceptance', role).filter(({ content }) => content.role === role);
  const holds = (key: string, role: string): boolean =>
    isMain(key, role) || signed(role).some(({ content }) => content.delegate === key);
  const isEffective = ROLES.every((role) => signed(role).length > 0);
  const ticks = ticksOf(terms);
  const receipts = own.filter(({ kind, pubkey, content: { request } }) => {
    if (kind !== 2813 || !isEffective) return false;
    const { leg, n, msat } = request.content;
    const isTick = n.every((part, at) => ticks[part]?.msat === BigInt(msat[at] ?? 0));
    const isHeld = holds(pubkey, PAYER[leg]) && holds(request.pubkey, PAYEE[leg]);
    return isHeld && (leg === 'repayment' || isTick);
  });
  const answersOf = (leg: Leg): Entry[] =>
    own.filter(({ kind, pubkey }) => kind === 2814 && holds(pubkey, PAYEE[leg]));
  const known = own.filter(({ pubkey }) => ROLES.some((role) => holds(pubkey, role)));
  const inner = known.flatMap(({ kind, content }) => (kind === 2813 ? content.request : []));
  const entries = new Map([...known, ...inner].map((entry) => [entry.id, entry]));
  return { terms, ticks, typed, signed, isEffective, receipts, answersOf, entries };
}

/** C-21 to C-26: the state hash of a contract. */
export function stateHashOf(root: string, events: readonly RawEvent[]): string {
  const { terms, ticks, typed, signed, receipts, answersOf, ...rest } = gather(root, events);
  const closures = typed('closure', 'bank').flatMap(({ id, created_at }) => {
    const past = restsOn(id, rest.entries);
    const within = (entry: Entry): boolean => past.has(entry.id);
    const paid = resolve(receipts.filter(within), (leg) => answersOf(leg).filter(within));
    const latestSec = Math.max(0, ...paid.map(({ atSec }) => atSec));
    return isRepaid(terms, paid, Math.max(created_at, latestSec)) ? [{ id, paid, latestSec }] : [];
  });
  const seen = new Set(closures.flatMap(({ paid }) => paid.map((p) => `${p.request} ${p.n}`)));
  const earliestSec = Math.min(...closures.map(({ latestSec }) => latestSec));
  const payments = resolve(receipts, answersOf);
  const digests = (leg: Leg): string[][] => {
    const items = answersOf(leg).flatMap(({ content }) => content.items ?? []);
    const rows = new Map<string, unknown[]>();
    for (const { request, n, msat, atSec } of payments.filter((payment) => payment.leg === leg)) {
      const isSeen = leg === 'repayment' || seen.size === 0 || seen.has(`${request} ${n}`);
      const settledAtSec = isSeen ? atSec : Math.max(atSec, earliestSec);
      const isReceived = items.some((item) => item.request === request && item.n.includes(n));
      const proof = isReceived ? 'preimage+acknowledgement' : 'preimage';
      rows.set(request, [...(rows.get(request) ?? []), [n, `${msat}`, settledAtSec, proof]]);
    }
    return [...rows].map(([request, list]) => [request, sha256(canonical(list))]);
  };
  const isOf = ({ leg, n }: Payment, tranche: number): boolean =>
    leg === 'disbursement' && ticks[n]?.tranche === tranche;
  const named = ROLES.map((role) => [role, ...signed(role).map(({ id }) => id)]);
  const rivals = named.flatMap(([, first = '', ...others]) =>
    others.map((id) => ['rival signatures', ...[first, id].sort()]),
  );
  const pairs = [...rivals, ...overlaps(receipts.map(({ content }) => content.request))];
  const agreed = closures.length > 0 ? 'closed' : 'effective';
  const open = ROLES.some((role) => typed('withdrawal', role)[0]) ? 'withdrawn' : 'proposed';
  const state = {
    ...{ v: 1, root, version: root, milestones: [] },
    status: rest.isEffective ? agreed : open,
    signatures: Object.fromEntries(named.filter(([, id]) => id)) as unknown,
    tranches: terms.tranches.map((_, at) => `${sum(payments.filter((each) => isOf(each, at)))}`),
    legs: { disbursement: digests('disbursement'), repayment: digests('repayment') },
    finalEvents: closures.map(({ id }) => id),
    equivocations: pairs.sort((a, b) => compare(a.slice(1).join(), b.slice(1).join())),
  };
  return sha256(canonical(state));
}

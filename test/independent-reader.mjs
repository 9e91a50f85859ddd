/** A second reader, from specs/ alone. Beyond 250 lines, the specification is too complicated. */
import { createHash } from 'node:crypto';

const ROLES = ['investor', 'business', 'bank'];
const PAYER = { disbursement: 'investor', repayment: 'business' };
const PAYEE = { disbursement: 'business', repayment: 'investor' };
const sha256 = (text) => createHash('sha256').update(text, 'utf8').digest('hex');
const compare = (a, b) => (a < b ? -1 : Number(a > b));
const byTime = (a, b) => a.created_at - b.created_at || compare(a.id, b.id);
const least = (a, b) => (a < b ? a : b);
const rest = (all, used) => (all > used ? all - used : 0n);
const sum = (list, amountOf) => list.reduce((all, each) => all + BigInt(amountOf(each)), 0n);

const pairOf = (reason, ...ids) => [reason, ...ids.sort()];

function canonical(value) {
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const pairs = Object.entries(value).sort(([a], [b]) => compare(a, b));
  return `{${pairs.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

/** The id of an event (NIP-01), embedded or not. */
export function idOf({ pubkey, created_at, kind, tags, content }) {
  const text = typeof content === 'string' ? content : canonical(content);
  return sha256(JSON.stringify([0, pubkey, created_at, kind, tags, text]));
}

/** What an event rests on, as far as it is here. */
function restsOn(id, entries, found = new Set()) {
  const { prev = [], seen = [], terms, request, claim, contract } = entries.get(id).content;
  for (const next of [...prev, ...seen, terms?.id, request?.id, claim?.id, contract]) {
    if (entries.has(next) && !found.has(next)) restsOn(next, entries, found.add(next));
  }
  return found;
}

/** M-3 to M-15: by how many days each instalment is late at a time, and whether all is repaid. */
function ledgerAt(terms, payments, atSec) {
  const { instalments = 1, dueAtSec, firstDueAtSec = dueAtSec, everyDays = 0 } = terms.plan;
  const stepSec = everyDays * terms.daySec;
  const dues = Array.from({ length: instalments }, (_, k) => firstDueAtSec + k * stepSec);
  const dayOf = (sec) => Math.floor(sec / terms.daySec);
  const today = dayOf(atSec);
  let [lent, back, accrued, interest, interestPaid] = [0n, 0n, 0n, 0n, 0n];
  const lacking = () => BigInt(terms.principalMsat) - lent;
  const canCome = (sec) =>
    least(
      lacking(),
      sum(terms.tranches, (each) => each.lapsesAtSec > sec && each.amountMsat),
    );
  // Principal and interest asked for up to each instalment; the last takes whatever comes.
  const asked = [[0n, 0n]];
  const upToNow = () => [...asked, [lent, interest]];
  const times = [...payments.map((payment) => payment.atSec), ...dues, atSec];
  const days = [...new Set(times.map(dayOf))].filter((day) => day <= today).sort((a, b) => a - b);
  for (const [at, day] of days.entries()) {
    const paid = (leg) =>
      sum(payments, (each) => each.leg === leg && dayOf(each.atSec) === day && each.msat);
    const bearing = lent - back < 1000n ? 0n : lent - back;
    accrued += bearing * BigInt(terms.rateBps * (day - (days[at - 1] ?? day)));
    interest = accrued / 3_650_000n;
    lent += least(lacking(), paid('disbursement'));
    const [next, [before]] = [dues[asked.length - 1], asked.at(-1)];
    const left = instalments + 1 - asked.length;
    if (left > 1 && dayOf(next) === day) {
      const share = (lent + canCome(next) - before) / BigInt(left) / 1000n;
      asked.push([least(before + share * 1000n, lent), interest]);
    }
    let repaid = paid('repayment');
    for (const [principalUpTo, interestUpTo] of upToNow()) {
      const ofInterest = least(repaid, rest(interestUpTo, interestPaid));
      const ofPrincipal = least(repaid - ofInterest, rest(principalUpTo, back));
      [interestPaid, back] = [interestPaid + ofInterest, back + ofPrincipal];
      repaid -= ofInterest + ofPrincipal;
    }
  }
  const daysLate = upToNow().flatMap(([principalUpTo, interestUpTo], k, all) => {
    const [principalBefore, interestBefore] = all[k - 1] ?? [0n, 0n];
    const ofPrincipal = least(principalUpTo - principalBefore, rest(principalUpTo, back));
    const ofInterest = least(interestUpTo - interestBefore, rest(interestUpTo, interestPaid));
    const isPaid = ofPrincipal + ofInterest < 1000n;
    return k === 0 ? [] : [isPaid ? 0 : Math.max(0, today - dayOf(dues[k - 1]))];
  });
  const owed = lent - back + interest - interestPaid;
  return { today, daysLate, isRepaid: lent > 0n && canCome(atSec) === 0n && owed < 1000n };
}

/** P-10 to P-15: what receipts prove, given the answers of each leg's payee. */
function resolve(receipts, answersOf) {
  const paid = receipts.flatMap(({ created_at, content }) => {
    const { id: request, content: asked } = content.request;
    const receiptSec = Math.min(Math.max(created_at, asked.notBeforeSec), asked.expiresAtSec);
    return content.n.map((n) => {
      const answers = answersOf(asked.leg)
        .flatMap((answer) => answer.content.items ?? answer.content)
        .filter((item) => item.request === request && item.n.includes(n));
      const times = answers.map(({ settledAtSec = 0 }) => settledAtSec);
      const atSec = Math.max(receiptSec, ...times.filter((sec) => sec <= asked.expiresAtSec));
      const isReceived = answers.some(({ type }) => type !== 'objection');
      const proof = isReceived ? 'preimage+acknowledgement' : 'preimage';
      const [msat, hash] = [asked.msat, asked.paymentHash].map((list) => list[asked.n.indexOf(n)]);
      return { leg: asked.leg, request, n, msat, atSec, proof, key: `${asked.leg} ${hash}` };
    });
  });
  paid.sort((a, b) => compare(a.request, b.request) || a.n - b.n || b.atSec - a.atSec);
  const known = new Set();
  return paid.filter(({ key }) => !known.has(key) && known.add(key));
}

/** C-25: pairs of requests, one after the other, that ask for one part at one time. */
function overlaps(requests) {
  const [open, pairs] = [new Map(), new Map()];
  const isFirst = (a, b) => a.content.notBeforeSec - b.content.notBeforeSec || compare(a.id, b.id);
  for (const { id, content } of [...requests].sort(isFirst)) {
    for (const key of content.n.map((n) => `${content.leg} ${n}`)) {
      const last = open.get(key) ?? { id };
      const pair = pairOf('overlapping requests', last.id, id);
      if (last.id !== id && content.notBeforeSec < last.toSec) pairs.set(pair.join(), pair);
      open.set(key, { id, toSec: content.expiresAtSec });
    }
  }
  return [...pairs.values()];
}

/** S-4, S-5: how a milestone stands, given the claims on it with the decisions on each. */
function standingOf(claims) {
  const open = claims.filter(({ refusals }) => refusals.length === 0);
  const times = open.flatMap((claim) =>
    claim.approvals.map(({ created_at }) => Math.max(created_at, claim.created_at)),
  );
  if (times.length > 0) return ['approved', Math.min(...times)];
  return [open.length > 0 ? 'claimed' : claims.length > 0 ? 'refused' : 'open'];
}

/** C-14 to C-20, P-8, P-9: who signed what, as far as it counts. */
function gather(root, events) {
  const outer = events.map((raw) => ({ ...raw, content: JSON.parse(raw.content) }));
  const all = outer.flatMap((entry) => [entry, entry.content.claim ?? []].flat());
  const unique = new Map(all.map((entry) => [entry.id, entry]));
  const terms = unique.get(root).content;
  const own = [...unique.values()]
    .filter(({ content, kind }) => content.contract === root && kind !== 2812)
    .sort(byTime);
  const keyOf = (role) => terms.parties[role]?.pubkey ?? terms.attester ?? keyOf('bank');
  const typed = (type, ...roles) => {
    const keys = roles.map(keyOf);
    return own.filter(({ content, pubkey }) => content.type === type && keys.includes(pubkey));
  };
  const signed = (role) => typed('acceptance', role).filter(({ content }) => content.role === role);
  const holds = (key, role) =>
    keyOf(role) === key || signed(role).some(({ content }) => content.delegate === key);
  const isEffective = ROLES.every((role) => signed(role).length > 0);
  const ticks = terms.tranches.flatMap(({ ticks: k, amountMsat }) => {
    const share = (BigInt(amountMsat) / BigInt(k) / 1000n) * 1000n;
    return [...Array(k - 1).fill(share), BigInt(amountMsat) - share * BigInt(k - 1)].map(String);
  });
  const receipts = own.filter(({ kind, pubkey, content: { request } }) => {
    if (kind !== 2813 || !isEffective) return false;
    const { leg, n, msat } = request.content;
    const isPlanned = leg === 'repayment' || n.every((part, at) => ticks[part] === msat[at]);
    return isPlanned && holds(pubkey, PAYER[leg]) && holds(request.pubkey, PAYEE[leg]);
  });
  const answersOf = (leg) =>
    own.filter(({ kind, pubkey }) => kind === 2814 && holds(pubkey, PAYEE[leg]));
  const roles = [...ROLES, 'attester'];
  const known = own.filter(({ pubkey }) => roles.some((role) => holds(pubkey, role)));
  const inner = known.flatMap(({ kind, content }) => (kind === 2813 ? content.request : []));
  const entries = new Map([...known, ...inner].map((entry) => [entry.id, entry]));
  return { terms, typed, signed, isEffective, receipts, answersOf, entries };
}

/** N-1 to N-5: the notices that count, each judged on what it rests on. */
function noticesOf({ terms, typed, receipts, answersOf, entries }) {
  const judged = (type, ...roles) =>
    typed(type, ...roles).map(({ id, created_at, content }) => {
      const past = restsOn(id, entries);
      const within = (entry) => past.has(entry.id);
      const paid = resolve(receipts.filter(within), (leg) => answersOf(leg).filter(within));
      const atSec = Math.max(created_at, ...paid.map((payment) => payment.atSec));
      const at = content.instalment - 1;
      return { id, created_at, past, at, ...ledgerAt(terms, paid, atSec) };
    });
  const arrears = judged('arrears', 'bank', 'investor').filter(
    ({ at, daysLate }) => daysLate[at] > terms.plan.graceDays,
  );
  const defaults = judged('default', 'bank', 'investor').filter(({ past, daysLate, today }) => {
    const isCured = ({ id, at, today: since }) =>
      !past.has(id) || daysLate[at] === 0 || today - since <= terms.default.cureDays;
    return Math.max(...daysLate) >= terms.default.afterDays && !arrears.every(isCured);
  });
  const closures = judged('closure', 'bank').filter(({ isRepaid }) => isRepaid);
  return { arrears, defaults, closures };
}

/** C-26: the state hash of a contract. */
export function stateHashOf(root, events) {
  const gathered = gather(root, events);
  const { terms, typed, signed, isEffective, receipts, answersOf } = gathered;
  const { arrears, defaults, closures } = noticesOf(gathered);
  const ids = (list) => list.map(({ id }) => id);
  const payments = resolve(receipts, answersOf);
  const digests = (leg) => {
    const own = payments.filter((each) => each.leg === leg);
    const rowsOf = (request) =>
      own.filter((each) => each.request === request).map((p) => [p.n, p.msat, p.atSec, p.proof]);
    const requests = [...new Set(own.map(({ request }) => request))];
    return requests.map((request) => [request, sha256(canonical(rowsOf(request)))]);
  };
  const claims = typed('claim', 'business').map((claim) => {
    const { tranche } = claim.content;
    const decided = (type) =>
      typed(type, 'attester').filter(({ content }) => content.claim.id === claim.id);
    const isOn = isEffective && terms.tranches[tranche]?.milestone;
    return {
      ...claim,
      isOn,
      tranche,
      approvals: decided('approval'),
      refusals: decided('refusal'),
    };
  });
  const milestones = terms.tranches.flatMap(({ milestone }, at) => {
    const on = claims.filter(({ isOn, tranche }) => isOn && tranche === at);
    return milestone ? [[at, ...standingOf(on)]] : [];
  });
  const contradictions = claims.flatMap(({ approvals: [a], refusals: [b], isOn }) =>
    isOn && a && b ? [pairOf('contradictory decisions', a.id, b.id)] : [],
  );
  const named = ROLES.map((role) => [role, ...ids(signed(role))]);
  const rivals = named.flatMap(([, first, ...others]) =>
    others.map((id) => pairOf('rival signatures', first, id)),
  );
  const pairs = overlaps(receipts.map(({ content }) => content.request));
  const agreed = closures[0] ? 'closed' : defaults[0] ? 'defaulted' : 'effective';
  const open = ROLES.some((role) => typed('withdrawal', role)[0]) ? 'withdrawn' : 'proposed';
  const state = {
    ...{ v: 1, root, version: root, status: isEffective ? agreed : open },
    signatures: Object.fromEntries(named.filter(([, id]) => id)),
    milestones,
    legs: { disbursement: digests('disbursement'), repayment: digests('repayment') },
    arrears: ids(arrears),
    finalEvents: ids([...defaults, ...closures].sort(byTime)),
    equivocations: [...rivals, ...contradictions, ...pairs].sort((a, b) =>
      compare(a.slice(1).join(), b.slice(1).join()),
    ),
  };
  return sha256(canonical(state));
}

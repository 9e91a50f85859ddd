/** A second reader, from specs/ alone. Beyond 200 lines, the specification is too complicated. */
import { createHash } from 'node:crypto';
import { ledgerAt, originationFee } from './independent-money.mjs';

const ROLES = ['bank', 'business', 'investor'];
/** Payer and payee of each leg, in order; who pays an origination fee, the terms say. */
const LEGS = {
  disbursement: ['investor', 'business'],
  guarantee: ['bank', 'investor'],
  originationFee: ['business', 'bank'],
  recovery: ['bank', 'investor'],
  repayment: ['business', 'investor'],
  servicing: ['business', 'bank'],
};
const payeeOf = (leg) => LEGS[leg][1];
const hashOf = (value) => createHash('sha256').update(JSON.stringify(value)).digest('hex');
const compare = (a, b) => (a < b ? -1 : Number(a > b));
const byTime = (a, b) => a.created_at - b.created_at || compare(a.id, b.id);

/** The id of an event (NIP-01), embedded or not: content is canonical, so its keys are in order. */
export function idOf({ pubkey, created_at, kind, tags, content }) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return hashOf([0, pubkey, created_at, kind, tags, text]);
}

/** Ids of an event and of all that it rests on. */
function restsOn(id, entries) {
  const found = new Set([id]);
  for (const each of found) {
    const { prev = [], seen = [], request, claim } = entries.get(each)?.content ?? {};
    [...prev, ...seen, request?.id, claim?.id].forEach((next) => found.add(next));
  }
  return found;
}

/** P-10 to P-15: what the receipts and answers that are known prove. */
function resolve({ receipts, answers, holds }, isKnown) {
  const paid = receipts.filter(isKnown).flatMap(({ created_at, content }) => {
    const { id: request, content: asked } = content.request;
    const { leg, notBeforeSec, expiresAtSec } = asked;
    const own = answers.filter(isKnown).filter(({ pubkey }) => holds(pubkey, payeeOf(leg)));
    return content.n.map((n) => {
      const on = own.filter((each) => each.request === request && each.n.includes(n));
      const times = on.map((each) => each.settledAtSec).filter((sec) => sec <= expiresAtSec);
      const atSec = Math.max(Math.min(created_at, expiresAtSec), notBeforeSec, ...times);
      const more = on.some(({ type }) => type !== 'objection') ? '+acknowledgement' : '';
      const [msat, hash] = [asked.msat, asked.paymentHash].map((list) => list[asked.n.indexOf(n)]);
      const how = [atSec, `preimage${more}`];
      return { leg, request, n, msat, atSec, how, key: `${payeeOf(leg)} ${hash}` };
    });
  });
  paid.sort((a, b) => compare(a.request, b.request) || a.n - b.n || b.atSec - a.atSec);
  return paid.filter((each, at) => paid.findIndex(({ key }) => key === each.key) === at);
}

/** C-14 to C-20, P-8, P-9, S-2 to S-6: who signed what, as far as it counts. */
function gather(root, events) {
  const outer = events.map((raw) => ({ ...raw, content: JSON.parse(raw.content) }));
  const all = outer.flatMap((entry) => [entry, entry.content.claim ?? []].flat()).sort(byTime);
  const unique = [...new Map(all.map((entry) => [entry.id, entry])).values()];
  const own = unique.filter(({ content, kind }) => content.contract === root && kind !== 2812);
  const terms = unique.find(({ id }) => id === root).content;
  const keyOf = (role) => terms.parties[role]?.pubkey ?? terms.attester ?? keyOf('bank');
  const acts = (type, ...roles) =>
    own.filter((each) => each.content.type === type && roles.map(keyOf).includes(each.pubkey));
  const signed = (role) => acts('acceptance', role).filter(({ content }) => content.role === role);
  const holds = (key, role) =>
    keyOf(role) === key || signed(role).some(({ content }) => content.delegate === key);
  const signers = ROLES.filter((role) => signed(role).length > 0);
  const isEffective = signers.length === ROLES.length;
  const isWithheld = terms.fees.origination === 'withheld';
  const payerOf = (leg) => (leg === 'originationFee' && isWithheld ? 'investor' : LEGS[leg][0]);
  const fees = terms.tranches.map(({ amountMsat }) => originationFee(terms, amountMsat));
  const ticks = terms.tranches.flatMap(({ ticks: k, amountMsat }, at) => {
    const whole = BigInt(amountMsat) - (isWithheld ? fees[at] : 0n);
    const share = (whole / BigInt(k) / 1000n) * 1000n;
    return [...Array(k - 1).fill(share), whole - share * BigInt(k - 1)].map(String);
  });
  const planned = { disbursement: ticks, originationFee: fees.map((fee) => fee && String(fee)) };
  const receipts = own.filter(({ kind, pubkey, content: { request } }) => {
    if (kind !== 2813 || !isEffective) return false;
    const { leg, n, msat } = request.content;
    const isPlanned = n.every(
      (part, at) => (planned[leg] ?? { [part]: msat[at] })[part] === msat[at],
    );
    return isPlanned && holds(pubkey, payerOf(leg)) && holds(request.pubkey, payeeOf(leg));
  });
  const answers = own.flatMap(({ id, pubkey, kind, content }) =>
    kind === 2814 ? (content.items ?? [content]).map((item) => ({ ...item, id, pubkey })) : [],
  );
  const ours = own.filter(({ pubkey }) => [...ROLES, 'attester'].some((as) => holds(pubkey, as)));
  const inner = ours.flatMap(({ kind, content }) => (kind === 2813 ? content.request : []));
  const entries = new Map([...ours, ...inner].map((entry) => [entry.id, entry]));
  const claims = acts('claim', 'business').flatMap(({ id, created_at, content: { tranche } }) => {
    const first = (type) => acts(type, 'attester').find((each) => each.content.claim.id === id);
    const [approval, refusal] = ['approval', 'refusal'].map(first);
    const approved = approval && ['approved', Math.max(created_at, approval.created_at)];
    const standing = refusal ? ['refused'] : (approved ?? ['claimed']);
    const counts = isEffective && terms.tranches[tranche]?.milestone;
    return counts ? [{ tranche, approval, refusal, standing }] : [];
  });
  return { terms, acts, signed, signers, holds, isEffective, receipts, answers, claims, entries };
}

/** C-19, S-4, C-25: pairs of ids that contradict each other. */
function equivocationsOf({ signed, claims, receipts }) {
  const found = new Map();
  const report = (reason, ...ids) => found.set(ids.sort().join(), [reason, ...ids]);
  for (const [named, ...others] of ROLES.map(signed))
    others.forEach(({ id }) => report('rival signatures', named.id, id));
  for (const { approval, refusal } of claims)
    if (approval && refusal) report('contradictory decisions', approval.id, refusal.id);
  const asked = receipts.map(({ content }) => content.request);
  const parts = asked.flatMap(({ id, content }) => content.n.map((n) => ({ ...content, id, n })));
  parts.sort((a, b) => a.notBeforeSec - b.notBeforeSec || compare(a.id, b.id));
  for (const [at, { id, leg, n, notBeforeSec }] of parts.entries()) {
    const isRival = (each) => each.leg === leg && each.n === n && each.id !== id;
    const before = parts.slice(0, at).findLast(isRival);
    if (before?.expiresAtSec > notBeforeSec) report('overlapping requests', before.id, id);
  }
  return [...found].sort().map(([, pair]) => pair);
}

/** C-26: the state hash of a contract. Its keys are in order, as canonical JSON has them. */
export function stateHashOf(root, events) {
  const contract = gather(root, events);
  const { terms, acts, signed, signers, isEffective, claims, entries } = contract;
  // N-1 to N-5, C-21: a notice is judged on what it rests on.
  const judge = (notice) => {
    const past = restsOn(notice.id, entries);
    const paid = resolve(contract, ({ id }) => past.has(id));
    const atSec = Math.max(notice.created_at, ...paid.map((payment) => payment.atSec));
    return { ...notice, at: notice.content.instalment - 1, past, ...ledgerAt(terms, paid, atSec) };
  };
  const isLate = ({ at, daysLate }) => daysLate[at] > terms.plan.graceDays;
  const arrears = acts('arrears', 'bank', 'investor').map(judge).filter(isLate);
  const isDefault = ({ past, daysLate, today }) => {
    const seen = arrears.filter(({ id, at }) => past.has(id) && daysLate[at] > 0);
    const isOver = seen.some((notice) => today - notice.today > terms.default.cureDays);
    return isOver && Math.max(...daysLate) >= terms.default.afterDays;
  };
  const defaults = acts('default', 'bank', 'investor').map(judge).filter(isDefault);
  // N-20, N-21: what follows a default rests on one, and on something late.
  const follows = ({ past, daysLate }) =>
    defaults.some(({ id }) => past.has(id)) && Math.max(...daysLate) > 0;
  const after = [...acts('acceleration', 'bank', 'investor'), ...acts('writeOff', 'bank')];
  const finals = [...defaults, ...after.map(judge).filter(follows)];
  const closures = acts('closure', 'bank')
    .map(judge)
    .filter(({ isRepaid }) => isRepaid);
  const ids = (list) => list.map(({ id }) => id);
  const legs = Object.fromEntries(Object.keys(LEGS).map((leg) => [leg, {}]));
  for (const { leg, request, n, how } of resolve(contract, () => true)) {
    const runs = (legs[leg][request] ??= []);
    const isNext = String(runs.at(-1)?.slice(1)) === String([n - 1, ...how]);
    runs.push([isNext ? runs.pop()[0] : n, n, ...how]);
  }
  const agreed = closures[0] ? 'closed' : defaults[0] ? 'defaulted' : 'effective';
  const open = acts('withdrawal', ...ROLES)[0] ? 'withdrawn' : 'proposed';
  return hashOf({
    arrears: ids(arrears),
    equivocations: equivocationsOf(contract),
    finalEvents: ids([...finals, ...closures].sort(byTime)),
    legs: Object.fromEntries(Object.entries(legs).map(([leg, own]) => [leg, Object.entries(own)])),
    milestones: terms.tranches.flatMap(({ milestone }, at) => {
      const on = claims.filter(({ tranche }) => tranche === at).map(({ standing }) => standing);
      // Approved before claimed before refused, as the alphabet has it.
      const [standing = ['open']] = on.sort((a, b) => compare(a[0], b[0]) || a[1] - b[1]);
      return milestone ? [[at, ...standing]] : [];
    }),
    root,
    signatures: Object.fromEntries(signers.map((role) => [role, signed(role)[0].id])),
    status: isEffective ? agreed : open,
    v: 1,
    version: root,
  });
}

/** A second reader, from specs/ alone. Beyond 300 lines, the specification is too complicated. */
import {
  byTime,
  compare,
  fixedOf,
  hashOf,
  LEGS,
  payeeOf,
  ringOf,
  ROLES,
  treeOf,
  versionOf,
} from './independent-keys.mjs';
import { ledgerAt, plannedParts } from './independent-money.mjs';
import { contradictionsOf, isPriced } from './independent-prices.mjs';
import { reportsOf, rivalsOf, salesOf } from './independent-sales.mjs';

/** The id of an event (NIP-01), embedded or not: content is canonical, so its keys are in order. */
export function idOf({ pubkey, created_at, kind, tags, content }) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return hashOf([0, pubkey, created_at, kind, tags, text]);
}

/** Ids of an event and of all that it rests on. */
function restsOn(id, entries) {
  const found = new Set([id]);
  for (const each of found) {
    const { prev = [], seen = [], ...content } = entries.get(each)?.content ?? {};
    const { request, claim, previous, corrects } = content;
    [...prev, ...seen, request?.id, claim?.id, previous, corrects].forEach((next) =>
      found.add(next),
    );
  }
  return found;
}

/** P-10 to P-15: what the receipts and answers that are known prove. */
function resolve({ receipts, answers, rings, isLive }, isKnown) {
  const paid = receipts.filter(isKnown).flatMap(({ created_at, content }) => {
    const { id: request, content: asked } = content.request;
    const { leg, notBeforeSec, expiresAtSec } = asked;
    const own = answers
      .filter(isKnown)
      .filter((each) => isLive(each, rings[payeeOf(leg)].ring.get(each.pubkey)));
    return content.n.map((n) => {
      const on = own.filter((each) => each.request === request && each.n.includes(n));
      const times = on.map((each) => each.settledAtSec).filter((sec) => sec <= expiresAtSec);
      const atSec = Math.max(Math.min(created_at, expiresAtSec), notBeforeSec, ...times);
      const more = on.some(({ type }) => type !== 'objection') ? '+acknowledgement' : '';
      const lists = [asked.priced?.units ?? asked.msat, asked.paymentHash];
      const [msat, hash] = lists.map((list) => list[asked.n.indexOf(n)]);
      const how = [atSec, `preimage${more}`];
      const key = `${payeeOf(leg)} ${hash}`;
      return { leg, request, n, msat, atSec, how, key, version: asked.version };
    });
  });
  paid.sort((a, b) => compare(a.request, b.request) || a.n - b.n || b.atSec - a.atSec);
  return paid.filter((each, at) => paid.findIndex(({ key }) => key === each.key) === at);
}

/** C-14 to C-19: the contract's own events, who signed it, and which keys act for whom. */
function partiesOf(root, events) {
  const outer = events.map((raw) => ({ ...raw, content: JSON.parse(raw.content) }));
  const all = outer.flatMap((entry) => [entry, entry.content.claim ?? []].flat()).sort(byTime);
  const unique = [...new Map(all.map((entry) => [entry.id, entry])).values()];
  const isOurs = ({ contract, contracts = [contract] }) => contracts.includes(root);
  const own = unique.filter(({ content, kind }) => isOurs(content) && kind !== 2812);
  const terms = unique.find(({ id }) => id === root).content;
  const keyOf = (role) => terms.parties[role].pubkey;
  const typed = (type) => own.filter((each) => each.content.type === type);
  const accepted = typed('acceptance').filter(
    ({ created_at, content }) => created_at <= content.terms.content.expiresAtSec,
  );
  const signed = (role) =>
    accepted.filter(
      ({ pubkey, content }) =>
        content.terms.id === root && content.role === role && pubkey === keyOf(role),
    );
  const rings = Object.fromEntries(
    ROLES.map((role) => {
      const delegates = signed(role).flatMap(({ content }) => content.delegate ?? []);
      return [role, ringOf(role, terms, delegates, own)];
    }),
  );
  const isLive = ({ created_at }, key) => key !== undefined && created_at <= key.ends;
  const holds = (key, role) => rings[role].ring.has(key);
  const signers = ROLES.filter((role) => signed(role).length > 0);
  const isSigned = signers.length === ROLES.length;
  const signedAtSec = Math.max(...signers.map((role) => signed(role)[0].created_at));
  const served = Object.values(terms.appointees ?? {});
  const recovery = ROLES.map((role) => terms.parties[role].recovery);
  const others = [terms.attester, ...served, ...recovery];
  const ours = own.filter(
    ({ pubkey }) => others.includes(pubkey) || ROLES.some((role) => holds(pubkey, role)),
  );
  const inner = ours.flatMap(({ kind, content }) => (kind === 2813 ? content.request : []));
  const entries = new Map([...ours, ...inner].map((entry) => [entry.id, entry]));
  const agreed = { terms, own, typed, accepted, signed, signers, isSigned, signedAtSec };
  return { ...agreed, rings, isLive, holds, entries };
}

/** N-10 to N-12, KEY-9: takeovers that count, and what was signed by whoever may. */
function actorsOf({ terms, own, typed, signedAtSec, isSigned, rings, isLive, holds, entries }) {
  const fromBank = own.filter(({ pubkey }) => holds(pubkey, 'bank'));
  const silence = terms.silenceDays * terms.daySec;
  const servicer = terms.appointees?.backupServicer;
  const takeovers = typed('takeover').filter((each) => {
    const past = restsOn(each.id, entries);
    const heard = fromBank.filter(({ id }) => past.has(id)).map((event) => event.created_at);
    const isSilent = each.created_at - Math.max(signedAtSec, ...heard) > silence;
    return isSigned && each.pubkey === servicer && isSilent;
  });
  const takenSec = takeovers[0]?.created_at ?? Infinity;
  const isContested = fromBank.some(({ created_at }) => created_at >= takenSec - silence);
  const isServicer = (each) => each.pubkey === servicer && each.created_at >= takenSec;
  const isBy = (each, role) => {
    if (role === 'attester' && terms.attester) return each.pubkey === terms.attester;
    const key = rings[role === 'attester' ? 'bank' : role].ring.get(each.pubkey);
    if (key?.isMain && isLive(each, key)) return true;
    const isTheirs = isServicer(each) && role !== 'investor' && role !== 'business';
    return isTheirs && (each.content.type !== 'approval' || !isContested);
  };
  const acts = (type, ...roles) => typed(type).filter((each) => roles.some((as) => isBy(each, as)));
  return { takeovers, isServicer, acts };
}

/** P-8, P-9, KEY-10: the receipts that count. */
function receiptsOf({ terms, own, isSigned, rings, isLive, holds, entries }) {
  const isWithheld = terms.fees.origination === 'withheld';
  const payerOf = (leg) => (leg === 'originationFee' && isWithheld ? 'investor' : LEGS[leg][0]);
  const planned = plannedParts(terms);
  return own.filter((each) => {
    if (each.kind !== 2813 || !isSigned) return false;
    const { request } = each.content;
    const { leg, n, notBeforeSec, expiresAtSec } = request.content;
    const units = request.content.priced?.units ?? request.content.msat;
    const isPlanned = n.every(
      (part, at) => (planned[leg] ?? { [part]: units[at] })[part] === units[at],
    );
    const payee = rings[payeeOf(leg)];
    const payer = rings[payerOf(leg)].ring.get(each.pubkey);
    const settledSec = Math.max(Math.min(each.created_at, expiresAtSec), notBeforeSec);
    const isLate = payee.ring.get(request.pubkey)?.ends < settledSec;
    const isTold = isLate && payee.counted.some(({ id }) => restsOn(each.id, entries).has(id));
    const isRight = isPlanned && isPriced(terms, request.content);
    return isRight && isLive(each, payer) && holds(request.pubkey, payeeOf(leg)) && !isTold;
  });
}

/** C-20, V-1, V-2, N-7, N-8, S-2 to S-6: who signed what, as far as it counts. */
function gather(root, events) {
  const parties = partiesOf(root, events);
  const { terms, own, typed, accepted, isSigned, signedAtSec, rings } = parties;
  const { takeovers, isServicer, acts } = actorsOf(parties);
  const receipts = receiptsOf(parties);
  const coolingSec = signedAtSec + terms.coolingOffDays * terms.daySec;
  const isInTime = ({ pubkey, created_at }) =>
    !isSigned || created_at < (rings.investor.ring.get(pubkey)?.isMain ? coolingSec : signedAtSec);
  const isParty = ({ pubkey }) => ROLES.some((role) => rings[role].ring.get(pubkey)?.isMain);
  const withdrawals = typed('withdrawal').filter((each) => isParty(each) && isInTime(each));
  const isWithdrawn = withdrawals.length > 0 && receipts.length === 0;
  const isEffective = isSigned && !isWithdrawn;
  const amendments = accepted.filter(
    ({ pubkey, created_at, content: { terms: embedded, role } }) => {
      const isAmendment = embedded.id !== root && fixedOf(embedded.content) === fixedOf(terms);
      const isTheirs = rings[role].ring.get(pubkey)?.isMain;
      const isFor = role === 'bank' && isServicer({ pubkey, created_at });
      return isSigned && isAmendment && (isTheirs || isFor);
    },
  );
  const answers = own.flatMap((each) =>
    each.kind === 2814
      ? (each.content.items ?? [each.content]).map((item) => ({ ...each, ...item }))
      : [],
  );
  const claims = acts('claim', 'business').flatMap(({ id, created_at, content: { tranche } }) => {
    const first = (type) => acts(type, 'attester').find((each) => each.content.claim.id === id);
    const [approval, refusal] = ['approval', 'refusal'].map(first);
    const approved = approval && ['approved', Math.max(created_at, approval.created_at)];
    const standing = refusal ? ['refused'] : (approved ?? ['claimed']);
    const counts = isEffective && terms.tranches[tranche]?.milestone;
    return counts ? [{ tranche, approval, refusal, standing }] : [];
  });
  const offer = terms.bases.find(({ as }) => as === 'offer').event;
  const address = `32811:${terms.parties.bank.pubkey}:${offer.content.identifier}`;
  const funding = ['fundingReached', 'fundingFailed'].map((type) =>
    acts(type, 'bank').find(({ pubkey, created_at, content }) => {
      const isLate = type === 'fundingReached' && created_at > terms.funding.deadlineAtSec;
      return (
        isEffective &&
        content.offer.address === address &&
        pubkey !== terms.appointees?.backupServicer &&
        !isLate
      );
    }),
  );
  const reports = reportsOf({ ...parties, isEffective });
  const known = { ...parties, acts, receipts, answers, claims, reports };
  return { ...known, takeovers, amendments, funding, isEffective, isWithdrawn };
}

/** C-19, KEY-7, V-4, N-9, S-4, C-25: pairs of ids that contradict each other. */
function equivocationsOf({ signed, claims, receipts, rings, funding, reports }, rivals) {
  const found = new Map();
  const report = (reason, ...ids) => found.set(ids.sort().join(), [reason, ...ids]);
  for (const [named, ...others] of ROLES.map(signed)) {
    others.forEach(({ id }) => report('rival signatures', named.id, id));
  }
  for (const { rotations } of Object.values(rings)) {
    for (const { id, content } of rotations) {
      const first = rotations.find((each) => each.content.from === content.from);
      if (first.content.to !== content.to) report('rival rotations', first.id, id);
    }
  }
  rivals.forEach(([winner, id]) => report('rival successors', winner, id));
  rivalsOf(reports).forEach((ids) => report('rival reports', ...ids));
  const [reached, failed] = funding;
  if (reached && failed) report('contradictory funding', reached.id, failed.id);
  for (const { approval, refusal } of claims) {
    if (approval && refusal) report('contradictory decisions', approval.id, refusal.id);
  }
  const asked = receipts.map(({ content }) => content.request);
  contradictionsOf(asked).forEach((ids) => report('contradictory prices', ...ids));
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
  const { terms, acts, signed, signers, isEffective, isWithdrawn, claims, entries } = contract;
  const { rings, takeovers, amendments, reports } = contract;
  const proven = resolve(contract, () => true);
  const { version, rivals } = versionOf(root, amendments, proven);
  // N-1 to N-5, C-21: a notice is judged on what it rests on.
  const judge = (notice) => {
    const past = restsOn(notice.id, entries);
    const paid = resolve(contract, ({ id }) => past.has(id));
    const atSec = Math.max(notice.created_at, ...paid.map((payment) => payment.atSec));
    const sales = salesOf(
      reports.filter(({ id }) => past.has(id)),
      terms.daySec,
    );
    const at = notice.content.instalment - 1;
    return { ...notice, at, past, ...ledgerAt(terms, paid, atSec, { sales }) };
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
  const payments = {};
  for (const { request, n, how } of proven) {
    const runs = (payments[request] ??= []);
    const isNext = String(runs.at(-1)?.slice(1)) === String([n - 1, ...how]);
    runs.push([isNext ? runs.pop()[0] : n, n, ...how]);
  }
  const agreed = closures[0] ? 'closed' : defaults[0] ? 'defaulted' : 'effective';
  const open = isWithdrawn ? 'withdrawn' : 'proposed';
  const [reached, failed] = contract.funding;
  const stated = failed ? 'failed' : reached ? 'reached' : 'open';
  return hashOf({
    arrears: ids(arrears),
    equivocations: equivocationsOf(contract, rivals),
    finalEvents: ids([...takeovers, ...finals, ...closures].sort(byTime)),
    funding: terms.funding.required ? stated : 'notRequired',
    keys: ids(Object.values(rings).flatMap(({ counted }) => counted)).sort(),
    milestones: terms.tranches.flatMap(({ milestone }, at) => {
      const on = claims.filter(({ tranche }) => tranche === at).map(({ standing }) => standing);
      // Approved before claimed before refused, as the alphabet has it.
      const [standing = ['open']] = on.sort((a, b) => compare(a[0], b[0]) || a[1] - b[1]);
      return milestone ? [[at, ...standing]] : [];
    }),
    payments: treeOf(Object.entries(payments).sort(([a], [b]) => compare(a, b))),
    root,
    ...(reports.length > 0 ? { sales: ids(reports) } : {}),
    signatures: Object.fromEntries(signers.map((role) => [role, signed(role)[0].id])),
    status: isEffective ? agreed : open,
    v: 1,
    version,
  });
}

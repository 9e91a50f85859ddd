/** A second reader, from specs/ alone. Beyond 300 lines, the specification is too complicated. */
import {
  byTime,
  compare,
  fixedOf,
  hashOf,
  isLive,
  LEGS,
  payeeOf,
  resolve,
  restsOn,
  ringOf,
  ROLES,
  shownBy,
  treeOf,
  versionsOf,
} from './independent-keys.mjs';
import { ledgerAt, plannedParts } from './independent-money.mjs';
import { contradictionsOf, isForwarded, isPriced } from './independent-prices.mjs';
import { reportsOf, rivalsOf, salesOf } from './independent-sales.mjs';

/** The id of an event (NIP-01), embedded or not: content is canonical, so its keys are in order. */
export function idOf({ pubkey, created_at, kind, tags, content }) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return hashOf([0, pubkey, created_at, kind, tags, text]);
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
  const ringsBy = (isKnown) =>
    Object.fromEntries(
      ROLES.map((role) => {
        const delegates = signed(role).filter(isKnown);
        const named = delegates.flatMap(({ content }) => content.delegate ?? []);
        return [role, ringOf(role, terms, named, own.filter(isKnown))];
      }),
    );
  const rings = ringsBy(() => true);
  const signers = ROLES.filter((role) => signed(role).length > 0);
  const isSigned = signers.length === ROLES.length;
  const signedAtSec = Math.max(...signers.map((role) => signed(role)[0].created_at));
  const served = Object.values(terms.appointees ?? {});
  const recovery = ROLES.map((role) => terms.parties[role].recovery);
  const others = [terms.attester, ...served, ...recovery];
  const isActor = ({ pubkey }, by) =>
    others.includes(pubkey) || ROLES.some((role) => by[role].ring.has(pubkey));
  const ours = own.filter((each) => isActor(each, rings));
  const inner = ours.flatMap(({ kind, content }) => (kind === 2813 ? content.request : []));
  const entries = new Map([...ours, ...inner].map((entry) => [entry.id, entry]));
  const agreed = { terms, own, typed, accepted, signed, signers, isSigned, signedAtSec };
  // N-22: what an event rests on, and the keys that shows.
  const seenBy = (id) => {
    for (let [past, by] = [restsOn(id, entries), rings]; ;) {
      by = ringsBy((each) => past.has(each.id));
      const passed = [...entries].filter(([, each]) => each.kind === 2812 || isActor(each, by));
      const less = restsOn(id, new Map([[id, entries.get(id)], ...passed]));
      if (less.size === past.size) return { past, rings: by };
      past = less;
    }
  };
  return { ...agreed, rings, seenBy, entries };
}

/** N-10 to N-12, N-22, KEY-9: takeovers that count, and what was signed by whoever may. */
function actorsOf({ terms, own, typed, signedAtSec, isSigned, rings, seenBy }) {
  const fromBank = own.filter(({ pubkey }) => rings.bank.ring.has(pubkey));
  const silence = terms.silenceDays * terms.daySec;
  const servicer = terms.appointees?.backupServicer;
  const takeovers = typed('takeover').filter((each) => {
    const known = seenBy(each.id);
    const isHeard = ({ id, pubkey }) => known.past.has(id) && known.rings.bank.ring.has(pubkey);
    const heard = fromBank.filter(isHeard).map((event) => event.created_at);
    const isSilent = each.created_at - Math.max(signedAtSec, ...heard) > silence;
    return isSigned && each.pubkey === servicer && isSilent;
  });
  const takenSec = takeovers[0]?.created_at ?? Infinity;
  const isContested = fromBank.some(({ created_at }) => created_at >= takenSec - silence);
  const isServicer = (each) => each.pubkey === servicer && each.created_at >= takenSec;
  const isBy = (each, role) => {
    if (role === 'attester' && terms.attester) return each.pubkey === terms.attester;
    const known = each.content.seen ? seenBy(each.id).rings : rings;
    const held = known[role === 'attester' ? 'bank' : role];
    if (held.ring.get(each.pubkey)?.isMain && isLive(each, held)) return true;
    const isTheirs = isServicer(each) && role !== 'investor' && role !== 'business';
    return isTheirs && (each.content.type !== 'approval' || !isContested);
  };
  const acts = (type, ...roles) => typed(type).filter((each) => roles.some((as) => isBy(each, as)));
  return { takeovers, isServicer, acts };
}

/** P-8, P-9, KEY-10, KEY-11: the receipts that count. */
function receiptsOf({ terms, own, isSigned, rings, entries, stands }) {
  const isWithheld = terms.fees.origination === 'withheld';
  const payerOf = (leg) => (leg === 'originationFee' && isWithheld ? 'investor' : LEGS[leg][0]);
  const planned = plannedParts(terms);
  return own.filter((each) => {
    if (each.kind !== 2813 || !isSigned || !isForwarded(each, terms, rings)) return false;
    const { request } = each.content;
    const { leg, n, notBeforeSec, expiresAtSec } = request.content;
    const units = request.content.priced?.units ?? request.content.msat;
    const isPlanned = n.every(
      (part, at) => (planned[leg] ?? { [part]: units[at] })[part] === units[at],
    );
    const payee = rings[payeeOf(leg)];
    const settledSec = Math.max(Math.min(each.created_at, expiresAtSec), notBeforeSec);
    const isLate = payee.ring.get(request.pubkey)?.ends < settledSec;
    const isTold = isLate && payee.counted.some(({ id }) => restsOn(each.id, entries).has(id));
    const isRight = isPlanned && isPriced(terms, request.content);
    const isTheirs = isLive(each, rings[payerOf(leg)]) && payee.ring.has(request.pubkey);
    return stands.has(each.id) || (isRight && isTheirs && !isTold);
  });
}

/** N-1 to N-5, N-20 to N-22, C-21: notices that count, each judged on what it rests on. */
function noticesOf({ isSigned, acts, ...parties }) {
  const { terms, seenBy } = parties;
  const judge = (notice) => {
    const { past, rings } = seenBy(notice.id);
    const known = { ...parties, isSigned, rings, stands: new Set() };
    const receipts = receiptsOf(known).filter(({ id }) => past.has(id));
    const paid = resolve({ ...known, receipts }, ({ id }) => past.has(id));
    const atSec = Math.max(notice.created_at, ...paid.map((payment) => payment.atSec));
    const isSaid = (each) => past.has(each.id) && ROLES.some((role) => isLive(each, rings[role]));
    const reports = reportsOf({ ...known, isEffective: true }).filter(({ id }) => past.has(id));
    const said = [...receipts, ...parties.answers.filter(isSaid), ...reports];
    const [at, counted] = [notice.content.instalment - 1, said.map(({ id }) => id)];
    const sales = salesOf(reports, terms.daySec);
    return { ...notice, at, past, counted, paid, ...ledgerAt(terms, paid, atSec, { sales }) };
  };
  const given = (type, ...roles) => (isSigned ? acts(type, ...roles).map(judge) : []);
  const isLateBy = ({ at, daysLate }) => daysLate[at] > terms.plan.graceDays;
  const arrears = given('arrears', 'bank', 'investor').filter(isLateBy);
  const isDefault = ({ past, daysLate, today }) => {
    const seen = arrears.filter(({ id, at }) => past.has(id) && daysLate[at] > 0);
    const isOver = seen.some((notice) => today - notice.today > terms.default.cureDays);
    return isOver && Math.max(...daysLate) >= terms.default.afterDays;
  };
  const defaults = given('default', 'bank', 'investor').filter(isDefault);
  // N-20, N-21: what follows a default rests on one, and on something late.
  const follows = ({ past, daysLate }) =>
    defaults.some(({ id }) => past.has(id)) && Math.max(...daysLate) > 0;
  const after = [...given('acceleration', 'bank', 'investor'), ...given('writeOff', 'bank')];
  const closures = given('closure', 'bank').filter(({ isRepaid }) => isRepaid);
  const finals = [...defaults, ...after.filter(follows), ...closures];
  const stands = new Set(finals.flatMap(({ counted }) => counted));
  const isWithheld = terms.fees.origination === 'withheld';
  const isLent = (leg) => leg === 'disbursement' || (leg === 'originationFee' && isWithheld);
  return { arrears, defaults, closures, finals, stands, shown: shownBy(finals, isLent) };
}

/** C-20, V-1, V-2, N-7, N-8, S-2 to S-6: who signed what, as far as it counts. */
function gather(root, events) {
  const parties = partiesOf(root, events);
  const { terms, own, typed, accepted, isSigned, signedAtSec, rings } = parties;
  const { takeovers, isServicer, acts } = actorsOf(parties);
  const answers = own.flatMap((each) =>
    each.kind === 2814
      ? (each.content.items ?? [each.content]).map((item) => ({ ...each, ...item }))
      : [],
  );
  const notices = noticesOf({ ...parties, acts, answers });
  const receipts = receiptsOf({ ...parties, ...notices });
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
  const reports = reportsOf({ ...parties, ...notices, isEffective });
  const known = { ...parties, ...notices, receipts, answers, claims, reports };
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
  const { terms, signed, signers, isEffective, isWithdrawn, claims, rings } = contract;
  const { takeovers, amendments, defaults, closures, finals, reports } = contract;
  const arrears = isWithdrawn ? [] : contract.arrears;
  const proven = resolve(contract, () => true);
  // N-24: what final events show in force, the first of them before the others.
  const shown = [...finals].sort(byTime).reduce((chain, { past, paid }) => {
    const signed = amendments.filter(({ id }) => past.has(id));
    const { versions } = versionsOf(root, signed, paid);
    return chain.every((id, at) => versions[at] === id) ? versions : chain;
  }, []);
  const { versions, rivals } = versionsOf(root, amendments, proven, shown);
  const version = versions.at(-1);
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
    finalEvents: ids([...takeovers, ...finals].sort(byTime)),
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

/** Digests, keys, payments and versions of the second reader, from specs/ alone. */
import { createHash } from 'node:crypto';

/** SHA-256 of canonical JSON: of what has its keys in order. */
export const hashOf = (value) => createHash('sha256').update(JSON.stringify(value)).digest('hex');
/** C-37: payments by request, parted by the digits of their ids where there are many. */
export const treeOf = (entries, depth = 0) => {
  if (entries.length <= 32) return entries;
  const own = Array.from('0123456789abcdef', (digit) =>
    entries.filter(([id]) => id[depth] === digit),
  );
  return own.map((part) => (part.length ? hashOf(treeOf(part, depth + 1)) : ''));
};

/** The parties' roles. */
export const ROLES = ['bank', 'business', 'investor'];
/** Order of texts and numbers. */
export const compare = (a, b) => (a < b ? -1 : Number(a > b));
/** Order by time, then id. */
export const byTime = (a, b) => a.created_at - b.created_at || compare(a.id, b.id);

/** Payer and payee of each leg, in order; who pays an origination fee, the terms say. */
export const LEGS = {
  disbursement: ['investor', 'business'],
  guarantee: ['bank', 'investor'],
  handedOn: ['investor', 'bank'],
  originationFee: ['business', 'bank'],
  recovery: ['bank', 'investor'],
  repayment: ['business', 'investor'],
  servicing: ['business', 'bank'],
  takings: ['bank', 'business'],
  tillShare: ['bank', 'investor'],
};
/** The payee of a leg. */
export const payeeOf = (leg) => LEGS[leg][1];

/** Ids of an event and of all that it rests on. */
export function restsOn(id, entries) {
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

/** Whether an event is by a key of a role that had not ended. */
export function isLive({ pubkey, created_at }, { ring }) {
  return created_at <= (ring.get(pubkey)?.ends ?? -1);
}

/** N-23: of the payments that final events show, for each hash the one by which less is owed. */
export function shownBy(finals, isLent) {
  const parts = finals.flatMap(({ paid }) => paid);
  parts.sort((a, b) => {
    const [sign, other] = [a, b].map(({ leg }) => (isLent(leg) ? 1 : -1));
    const bySize = sign * Number(BigInt(a.msat) - BigInt(b.msat)) || sign * (b.atSec - a.atSec);
    return sign - other || bySize || compare(a.request, b.request);
  });
  return new Map(parts.reverse().map((each) => [each.key, each]));
}

/** P-10 to P-15, N-23: what the receipts and answers that are known prove. */
export function resolve({ receipts, answers, rings, stands, shown }, isKnown) {
  const paid = receipts.filter(isKnown).flatMap(({ created_at, content }) => {
    const { id: request, content: asked } = content.request;
    const { leg, notBeforeSec, expiresAtSec } = asked;
    const own = answers
      .filter(isKnown)
      .filter((each) => rings[payeeOf(leg)].ring.has(each.pubkey))
      .filter((each) => stands.has(each.id) || isLive(each, rings[payeeOf(leg)]));
    return content.n.map((n) => {
      const on = own.filter((each) => each.request === request && each.n.includes(n));
      const times = on.map((each) => each.settledAtSec).filter((sec) => sec <= expiresAtSec);
      const atSec = Math.max(Math.min(created_at, expiresAtSec), notBeforeSec, ...times);
      const more = on.some(({ type }) => type !== 'objection') ? '+acknowledgement' : '';
      const lists = [asked.priced?.units ?? asked.msat, asked.paymentHash];
      const [msat, hash] = lists.map((list) => list[asked.n.indexOf(n)]);
      const how = [atSec, `preimage${more}`];
      const key = `${leg} ${hash}`;
      return { leg, request, n, msat, atSec, how, key, version: asked.version };
    });
  });
  const isShown = ({ key, request }) => shown?.get(key)?.request === request;
  const stand = paid.map((each) => {
    const atSec = isShown(each) ? shown.get(each.key).atSec : each.atSec;
    return { ...each, atSec, how: [atSec, each.how[1]] };
  });
  const rank = (each) => (isShown(each) ? 0 : 1);
  stand.sort((a, b) => compare(a.request, b.request) || a.n - b.n || b.atSec - a.atSec);
  stand.sort((a, b) => rank(a) - rank(b));
  const counted = stand.filter((each, at) => stand.findIndex(({ key }) => key === each.key) === at);
  return counted.sort((a, b) => compare(a.request, b.request) || a.n - b.n);
}

/** KEY-2 to KEY-8: the keys a role has, when each ended, and the key events that count. */
export function ringOf(role, terms, delegates, events) {
  const { pubkey: main, recovery } = terms.parties[role];
  const keyWith = (isMain) => ({ isMain, ends: Infinity, lost: Infinity, taken: Infinity });
  const ring = new Map([...delegates.map((key) => [key, keyWith(false)]), [main, keyWith(true)]]);
  const own = events.filter(({ kind, content }) => kind === 2823 && content.role === role);
  const all = Object.values(terms.parties);
  const named = [...all.flatMap((party) => [party.pubkey, party.recovery]), terms.attester];
  const fixed = [...named, ...Object.values(terms.appointees ?? {})];
  const keyIn = ({ content }) => content.from ?? content.key;
  const onOf = (event) => ring.get(keyIn(event));
  const byOf = (event) => ring.get(event.pubkey);
  const isAllowed = (event) => {
    const [on, by] = [onOf(event), byOf(event)];
    const isTheirs = by?.isMain && (!on?.isMain || on === by);
    const { to } = event.content;
    return on && (event.pubkey === recovery || isTheirs) && !(to && fixed.includes(to));
  };
  for (const isMain of [true, false]) {
    const isNew = (event) => onOf(event)?.isMain === isMain && isAllowed(event);
    const isMore = ({ content: { to } }) => to && !(isMain ? ring.get(to)?.isMain : ring.has(to));
    for (let event; (event = own.find((each) => isMore(each) && isNew(each)));) {
      ring.set(event.content.to, keyWith(isMain));
    }
  }
  const counted = [];
  for (const isMain of [true, false]) {
    const isLate = (event) => event.content.key && event.created_at > byOf(event)?.ends;
    const now = own.filter((event) => isAllowed(event) && onOf(event).isMain === isMain);
    counted.push(...now.filter((event) => onOf(event) === byOf(event) || !isLate(event)));
    for (const event of counted) {
      const on = onOf(event);
      on.ends = Math.min(on.ends, event.created_at);
      if (event.content.key) on.lost = Math.min(on.lost, event.created_at);
      if (event.pubkey === recovery) on.taken = Math.min(on.taken, event.created_at);
    }
    const safe = counted.filter(({ pubkey }) => pubkey === recovery).map((each) => each.content.to);
    const made = counted.filter(({ content }) => content.to && !safe.includes(content.to));
    for (let pass = 0; pass <= counted.length; pass += 1) {
      for (const event of made.filter(byOf)) {
        const [{ lost, taken }, to] = [byOf(event), ring.get(event.content.to)];
        const end = Math.min(lost, taken) < event.created_at ? Math.min(lost, taken) : Infinity;
        to.taken = Math.min(to.taken, end, onOf(event) === byOf(event) ? taken : Infinity);
        to.ends = Math.min(to.ends, to.taken);
      }
    }
  }
  const isRival = (each) => each.content.to && each.pubkey !== recovery && onOf(each).isMain;
  return { ring, counted, rotations: counted.sort(byTime).filter(isRival) };
}

/** V-3, V-4, N-24: the versions all three signed, and rivals of those; what was shown stands. */
export function versionsOf(root, signatures, payments, shown = []) {
  const parents = new Map(signatures.map(({ content: { terms } }) => [terms.id, terms.content]));
  const isFrom = (at, id) =>
    at === id || (parents.has(at) && isFrom(parents.get(at).replaces.version, id));
  const isSigned = (id) =>
    ROLES.every((as) => signatures.some(({ content: c }) => c.terms.id === id && c.role === as));
  const citedSec = (id) =>
    Math.min(...payments.filter(({ version }) => isFrom(version, id)).map(({ atSec }) => atSec));
  const [versions, rivals] = [[root], []];
  for (let version = root; ;) {
    const next = [...parents.keys()].filter((id) => parents.get(id).replaces.version === version);
    const complete = next.filter(isSigned).map((id) => ({ id, sec: citedSec(id) }));
    complete.sort((a, b) => compare(a.sec, b.sec) || compare(a.id, b.id));
    version = shown[versions.length] ?? complete[0]?.id;
    if (version === undefined) return { versions, rivals };
    versions.push(version);
    const others = complete.filter(({ id }) => id !== version);
    rivals.push(...others.map(({ id }) => [version, id]));
  }
}

const FIXED =
  'network daySec bases parties commitment denomination principalUnits startAtSec attester ' +
  'appointees silenceDays funding coolingOffDays fees tillShare';
/** V-2: what no amendment changes, as one text. */
export const fixedOf = (terms) =>
  JSON.stringify([
    FIXED.split(' ').map((field) => terms[field] ?? 0),
    terms.tranches.map((tranche) => ({ ...tranche, lapsesAtSec: 0 })),
    terms.plan.capBps ?? 0,
  ]);

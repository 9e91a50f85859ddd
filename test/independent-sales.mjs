/** Sales and their tree for the second reader, from specs/ alone. */
import { createHash } from 'node:crypto';
import { byTime, compare, isLive } from './independent-keys.mjs';

const EMPTY = { hash: '0'.repeat(64), msat: 0n, units: 0n };
const wide = (...amounts) =>
  Buffer.concat(
    amounts.map((amount) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(BigInt(amount));
      return bytes;
    }),
  );
const sha = (first, ...parts) =>
  createHash('sha256')
    .update(Buffer.concat([Buffer.from([first]), ...parts]))
    .digest('hex');
const written = ({ hash, msat, units }) =>
  Buffer.concat([Buffer.from(hash, 'hex'), wide(msat, units)]);

/** Lists of what has one key, in the order of their first. */
function grouped(list, keyOf) {
  const groups = new Map();
  for (const each of list) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  return groups;
}

/** TL-7: the leaf of a sale. */
export function leafOf({ id, serial, msat, units }) {
  return { hash: sha(0, Buffer.from(id, 'hex'), wide(serial, msat, units)), msat, units };
}

function join(left, right) {
  const hash = sha(1, written(left), written(right));
  return { hash, msat: left.msat + right.msat, units: left.units + right.units };
}

/** TL-8, TL-9: the root, from the lowest level up; what has no partner goes up as it is. */
export function rootOf(leaves) {
  let level = leaves;
  while (level.length > 1) {
    const pairs = level
      .filter((_, at) => at % 2 === 0)
      .map((left, at) => [left, level[2 * at + 1]]);
    level = pairs.map(([left, right]) => (right ? join(left, right) : left));
  }
  const [top = EMPTY] = level;
  return { msat: top.msat, units: top.units, root: sha(2, wide(leaves.length), written(top)) };
}

/** TL-14, TL-16: the reports that count, in what the contract is kept in. */
export function reportsOf({ terms, own, isEffective, rings, stands }) {
  const { type, currency, minorDigits } = terms.denomination;
  return own.flatMap(({ id, pubkey, created_at, kind, content }) => {
    const roles = terms.tillShare?.runBy === 'bank' ? ['business', 'bank'] : ['business'];
    const isBy = (role) => isLive({ pubkey, created_at }, rings[role]);
    const isTheirs = stands.has(id) || roles.some(isBy);
    if (kind !== 2818 || !isEffective || !isTheirs) return [];
    const { priced, totalMsat } = content;
    const isSame = priced?.currency === currency && priced?.minorDigits === minorDigits;
    const units = type === 'msat' ? totalMsat : isSame ? priced.units : undefined;
    const next = content.firstSerial + content.count;
    return units === undefined ? [] : [{ ...content, id, created_at, next, units: BigInt(units) }];
  });
}

const tillsOf = (reports) => [...grouped(reports, ({ till }) => till).values()];

/** The most that reports without a serial in common come to: the first is in, or it is not. */
function most([first, ...others], known = new Map()) {
  if (!first) return 0n;
  const key = others.length;
  if (!known.has(key)) {
    const apart = others.findIndex(({ firstSerial }) => firstSerial >= first.next);
    const rest = apart < 0 ? 0n : most(others.slice(apart), known);
    const without = most(others, known);
    known.set(key, first.units + rest > without ? first.units + rest : without);
  }
  return known.get(key);
}

/** TL-17: what the sales come to day by day, as the second ledger takes them. */
export function salesOf(reports, daySec) {
  const dayOf = ({ created_at }) => Math.floor(created_at / daySec);
  return tillsOf(reports).flatMap((own) => {
    const sorted = [...own].sort((a, b) => a.firstSerial - b.firstSerial);
    const by = (day) => most(sorted.filter((each) => dayOf(each) <= day));
    const days = [...new Set(own.map(dayOf))];
    return days.map((day) => ({ day, msat: by(day) - by(day - 1) }));
  });
}

/** TL-18: pairs of ids of reports that contradict each other. */
export function rivalsOf(reports) {
  return tillsOf(reports).flatMap((own) => {
    const firstOf = (each) => {
      const before = own.find(({ id }) => id === each.corrects);
      return before ? firstOf(before) : each.id;
    };
    const families = grouped(own, firstOf);
    const spans = (from, to) =>
      [...families]
        .map(([id, all]) => {
          const ends = all.map((each) => each[to]);
          return { id, from: Math.min(...all.map((each) => each[from])), to: Math.max(...ends) };
        })
        .sort((a, b) => a.from - b.from || compare(a.id, b.id));
    const crossing = (list) =>
      list.flatMap((each, at) => {
        const before = list.slice(0, at);
        const far = before.find(({ to }) => to === Math.max(...before.map((one) => one.to)));
        return far && each.from < far.to ? [[far.id, each.id]] : [];
      });
    const corrections = grouped(
      own.filter(({ corrects }) => corrects).sort(byTime),
      ({ corrects }) => corrects,
    );
    const twice = [...corrections.values()].flatMap((all) =>
      all.slice(1).map(({ id }, at) => [all[at].id, id]),
    );
    const [serials, times] = [spans('firstSerial', 'next'), spans('fromSec', 'toSec')];
    return [...crossing(serials), ...crossing(times), ...twice];
  });
}

/** TL-21 to TL-23: what comes together for each contract, and what of it is handed over, msat. */
export function sharesOf(served, taken, thresholdSat) {
  const sum = (amounts) => amounts.reduce((all, amount) => all + BigInt(amount), 0n);
  const contracts = served.map((line) => {
    const [contract, offer, bps, principal, sought, sec, owed] = line.split(' ');
    const own = { contract, offer, bps: Number(bps), sec: Number(sec), owed: BigInt(owed) };
    return { ...own, principal: BigInt(principal), sought: BigInt(sought) };
  });
  const offers = [...grouped(contracts, ({ offer }) => offer)].map(([offer, all]) => ({
    ...{ offer, all, sec: Math.min(...all.map((each) => each.sec)) },
  }));
  offers.sort((a, b) => a.sec - b.sec || compare(a.offer, b.offer));
  let left = 10_000;
  return offers.flatMap(({ all }) => {
    const room = Math.min(left, Math.max(...all.map(({ bps }) => bps)));
    left -= room;
    return all.map(({ contract, bps, principal, sought, owed }) => {
      const part = BigInt(Math.min(bps, room)) * principal;
      const accrued = (sum(taken) * part) / (10_000n * sought);
      const most = accrued < owed ? accrued : owed;
      const whole = most - (most % 1000n);
      const isEnough = whole >= BigInt(thresholdSat) * 1000n || whole === owed - (owed % 1000n);
      return `${contract} ${accrued} ${isEnough ? whole : 0n}`;
    });
  });
}

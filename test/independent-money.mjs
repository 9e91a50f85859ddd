/** A second ledger, from specs/ alone, day by day. */

const YEAR = { 'ACT/365F': 365n, 'ACT/360': 360n, '30E/360': 360n };
/** Basis points, and days that both years divide. */
const UNIT = 10_000n * 365n * 360n;
/** PR-2: the least amount that counts, and what is asked for is a multiple of it. */
const wholeOf = ({ denomination }) => (denomination.type === 'msat' ? 1000n : 1_000_000n);
const least = (a, b) => (a < b ? a : b);
const most = (a, b) => (a > b ? a : b);
const wholeIn = (terms, units) => units - (units % wholeOf(terms));
const sum = (amounts) => amounts.reduce((all, amount) => all + BigInt(amount), 0n);
const dateOf = (day) => new Date(day * 86_400_000);

/** M-17: days between two days. */
function daysBetween(from, to, dayCount) {
  if (dayCount !== '30E/360') return BigInt(to - from);
  const [a, b] = [from, to].map(dateOf);
  const months = (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth();
  const [first, last] = [a, b].map((date) => Math.min(date.getUTCDate(), 30));
  return BigInt(months * 30 + last - first);
}

/** M-4: interest in units of 1 / UNIT msat. */
function interest(msat, rateBps, from, to, dayCount) {
  const days = daysBetween(from, to, dayCount);
  return (msat * BigInt(rateBps) * days * 365n * 360n) / YEAR[dayCount];
}

/** PL-1, PL-2: due times. */
export function duesOf({ plan: { due }, daySec }) {
  if (due.rule === 'list') return due.atSec;
  return Array.from(Array(due.count), (_, k) => {
    if (due.rule === 'days') return due.firstAtSec + k * due.everyDays * daySec;
    const first = new Date(due.firstAtSec * 1000);
    const [year, month] = [first.getUTCFullYear(), first.getUTCMonth() + k * due.everyMonths];
    const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
    return Date.UTC(year, month, Math.min(due.anchorDay, length) + 1) / 1000 - 1;
  });
}

/** PL-6: the principal parts of an annuity of level amount, and what the last one comes to. */
function levelParts(terms, days, level) {
  const { plan, principalUnits, rateBps, dayCount, startAtSec, daySec } = terms;
  let [left, accrued, at, last] = [BigInt(principalUnits), 0n, Math.floor(startAtSec / daySec), 0n];
  const parts = days.map((day, k) => {
    const before = accrued / UNIT;
    accrued += interest(left, rateBps, at, day, dayCount);
    const charged = accrued / UNIT - before;
    const share = k < plan.principalMoratorium ? 0n : least(most(level - charged, 0n), left);
    const part = k === days.length - 1 ? left : share;
    [left, at, last] = [left - part, day, part + charged];
    return part;
  });
  return { parts, last };
}

/** PL-5: weights. */
export function weightsOf(terms) {
  const { plan, daySec } = terms;
  const days = duesOf(terms).map((sec) => Math.floor(sec / daySec));
  const equal = (k) => (k < plan.principalMoratorium ? 0n : 1n);
  if (plan.type === 'equalPrincipal') return days.map((_, k) => equal(k));
  if (plan.type !== 'annuity') return days.map((_, k) => BigInt(k === days.length - 1));
  const level = (count) => levelParts(terms, days, count * wholeOf(terms));
  const isEnough = (count) => level(count).last <= count * wholeOf(terms);
  let [step, count] = [1n << 62n, (1n << 63n) - 1n];
  for (; step > 0n; step /= 2n) if (isEnough(count - step)) count -= step;
  return level(count).parts;
}

/** M-15, PL-10, PL-14: what instalment k asks for. */
function ask(terms, weights, k, { all, base, lent, asked, ahead, sales }) {
  const { plan } = terms;
  if (plan.type === 'revenueShare') {
    const offer = terms.bases?.find(({ as }) => as === 'offer')?.event.content ?? {};
    const sought = BigInt(offer.amountSoughtUnits ?? 1);
    const own = offer.amountSoughtUnits ? BigInt(terms.principalUnits) : 1n;
    const sold = (sum(sales.map(({ msat }) => msat)) * BigInt(plan.shareBps) * own) / sought;
    const bps = most(lent * BigInt(plan.floorBps), sold);
    return least(wholeIn(terms, bps / 10_000n), base - asked);
  }
  const isShort = plan.prepayment === 'shorten';
  const over = sum(isShort ? weights : weights.slice(k));
  const shared = isShort ? all : all - asked;
  const share = over === 0n ? 0n : wholeIn(terms, (shared * weights[k]) / over);
  const own = least(share, base - asked);
  return plan.prepayment === 'nextDue' ? own : most(own, ahead);
}

/** PL-11, PL-12: the late fee of an instalment at the beginning of a day. */
function chargeLate(terms, instalment, day) {
  const { plan, dayCount } = terms;
  const { flatUnits, rateBps, capBps } = plan.lateFee;
  const unpaid = instalment.due.interest + instalment.due.principal;
  if (unpaid < wholeOf(terms)) return;
  instalment.late += interest(unpaid, rateBps, day - 1, day, dayCount);
  if (day <= instalment.day + plan.graceDays) return;
  const cap = (instalment.asked * BigInt(capBps)) / 10_000n;
  const fee = least(BigInt(flatUnits) + instalment.late / UNIT, cap);
  instalment.fee += fee - instalment.charged;
  instalment.charged = fee;
}

const opened = (day) => ({
  ...{ day, fee: 0n, interest: 0n, principal: 0n, charged: 0n, late: 0n, asked: 0n },
  // Interest paid before its due day, and what is unpaid of what it asked for on it.
  ...{ early: 0n, due: { interest: 0n, principal: 0n } },
});

/** M-8: money into one instalment; what is left of it. */
function payInto(instalment, money) {
  for (const part of ['fee', 'interest', 'principal']) {
    const used = least(money, instalment[part]);
    [money, instalment[part]] = [money - used, instalment[part] - used];
    if (part !== 'fee') instalment.due[part] = most(instalment.due[part] - used, 0n);
    if (part === 'interest') instalment.early += used;
  }
  return money;
}

/** Marks what an instalment asks for on its due day. */
function fallDue(instalment, askedAhead) {
  const { interest: cost, principal } = instalment;
  instalment.due = { interest: cost, principal };
  instalment.asked = cost + instalment.early + principal + askedAhead;
}

/** FE-1: the origination fee of a tranche. */
export function originationFee(terms, amountUnits) {
  return wholeIn(terms, (BigInt(amountUnits) * BigInt(terms.fees.originationBps)) / 10_000n);
}

/** FE-5: what of the bank's share counts. */
function countedServicing({ servicingBps }, repaid, serviced) {
  const bps = BigInt(servicingBps);
  return least(serviced, (repaid * bps) / (10_000n - bps));
}

/** P-1, FE-1 to FE-4: the amounts of ticks and of origination fees, by part number. */
export function plannedParts(terms) {
  const isWithheld = terms.fees.origination === 'withheld';
  const fees = terms.tranches.map(({ amountUnits }) => originationFee(terms, amountUnits));
  const disbursement = terms.tranches.flatMap(({ ticks: k, amountUnits }, at) => {
    const whole = BigInt(amountUnits) - (isWithheld ? fees[at] : 0n);
    const share = wholeIn(terms, whole / BigInt(k));
    return [...Array(k - 1).fill(share), whole - share * BigInt(k - 1)].map(String);
  });
  // TL-26: only the bank that runs a till pays shares of it, and what is left.
  const none = terms.tillShare?.runBy === 'bank' ? {} : { tillShare: {}, takings: {} };
  return { disbursement, originationFee: fees.map((fee) => fee && String(fee)), ...none };
}

/** M-3 to M-17, PL-18: what is unpaid of each instalment at a time, how late, if all is repaid. */
export function ledgerAt(terms, payments, atSec, { sales = [], expectSec = Infinity } = {}) {
  const { daySec, plan, principalUnits, rateBps, dayCount, tranches, fees } = terms;
  const dayOf = (sec) => Math.floor(sec / daySec);
  const [dues, weights, dust] = [duesOf(terms), weightsOf(terms), wholeOf(terms)];
  const [today, expectDay] = [dayOf(atSec), dayOf(expectSec)];
  // Of a revenue share cost and principal are one: both are asked for and repaid in proportion.
  const gross = (msat) => (msat * BigInt(plan.capBps ?? 10_000)) / 10_000n;
  let [lent, asked, accrued, charged, repaid, serviced, counted] = Array(7).fill(0n);
  const canLend = (msat) => least(BigInt(principalUnits) - lent, msat);
  const open = (sec) => tranches.filter(({ lapsesAtSec }) => lapsesAtSec > sec);
  const canCome = (sec) => canLend(sum(open(sec).map(({ amountUnits }) => amountUnits)));
  const instalments = [opened(dayOf(dues[0]))];
  const owedOf = () => instalments.map((each) => each.fee + each.interest + each.principal);
  const first = Math.min(dayOf(dues[0]), ...payments.map((payment) => dayOf(payment.atSec)));
  for (let day = first; day <= today; day += 1) {
    const running = instalments.at(-1);
    const k = instalments.length - 1;
    const bearing = sum(instalments.map(({ principal }) => principal));
    accrued += bearing < dust ? 0n : interest(bearing, rateBps, day - 1, day, dayCount);
    running.interest += accrued / UNIT - charged;
    charged = accrued / UNIT;
    instalments.forEach((each) => chargeLate(terms, each, day));
    const moved = payments.filter((payment) => dayOf(payment.atSec) === day);
    const paid = (leg) => sum(moved.map((each) => (each.leg === leg ? each.msat : 0)));
    const withheld = fees.origination === 'withheld' ? paid('originationFee') : 0n;
    const disbursed = canLend(paid('disbursement') + withheld);
    running.principal += gross(lent + disbursed) - gross(lent);
    lent += disbursed;
    const isDue = k < dues.length && dayOf(dues[k]) === day;
    if (isDue && k < dues.length - 1) {
      const ahead = gross(lent) - asked - running.principal;
      const [after, by] = [k > 0 ? dayOf(dues[k - 1]) : 0, Math.min(day, expectDay)];
      const known = sales.filter((each) => each.day > after && each.day <= by);
      const at = { all: lent + canCome(dues[k]), base: gross(lent), lent, asked, ahead };
      const share = ask(terms, weights, k, { ...at, sales: known });
      const next = opened(dayOf(dues[k + 1]));
      next.principal = running.principal - most(share - ahead, 0n);
      running.principal -= next.principal;
      if (k < (plan.interestMoratorium ?? 0)) {
        [next.interest, running.interest] = [running.interest, 0n];
        [next.early, running.early] = [running.early, 0n];
      }
      fallDue(running, least(share, ahead));
      asked += share;
      running.share = share;
      instalments.push(next);
    } else if (isDue) fallDue(running, gross(lent) - asked - running.principal);
    // FE-5, FE-7: what of the bank's share counts by the end of this day.
    repaid += paid('repayment');
    serviced += paid('servicing');
    const counts = countedServicing(fees, repaid, serviced);
    const money = sum(['repayment', 'recovery', 'tillShare'].map(paid)) + counts - counted;
    counted = counts;
    const pay = (msat) => instalments.reduce((left, each) => payInto(each, left), msat);
    pay(money);
    // M-14: what is due is paid on the day from which on payments are expected, and on later days.
    if (day === expectDay || (day > expectDay && (isDue || moved.length > 0))) {
      const due = owedOf().filter((_, i) => dayOf(dues[i]) <= day);
      pay(wholeIn(terms, sum(due)));
    }
  }
  const owed = owedOf();
  const late = (msat, k) => (msat < dust ? 0 : Math.max(0, today - dayOf(dues[k])));
  const isRepaid = lent > 0n && canCome(atSec) === 0n && sum(owed) < dust;
  const asks = instalments.map((each) => [
    each.share ?? gross(lent) - asked,
    each.interest + each.early,
  ]);
  return { today, owed, daysLate: owed.map(late), isRepaid, asks };
}

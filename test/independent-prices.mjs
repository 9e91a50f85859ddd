/** A second look at prices, from specs/prices.md alone. */

/** PR-7 to PR-10: whether a request is in the contract's currency, at its oracles' price. */
export function isPriced({ denomination: of }, { priced, msat }) {
  if (!priced || of.type === 'msat') return !priced && of.type === 'msat';
  const isOurs = ({ pubkey, content: { currency, minorDigits } }) =>
    of.oracles.includes(pubkey) && currency === of.currency && minorDigits === of.minorDigits;
  const prices = priced.prices.map(({ content }) => BigInt(content.price));
  prices.sort((a, b) => Number(a - b));
  const k = prices.length;
  if (!priced.prices.every(isOurs) || k < of.quorum) return priced.prices.every(isOurs);
  const price = (prices[(k - 1) >> 1] + prices[k >> 1]) / 2n;
  return msat.every((each, at) => {
    const [over, units] = [BigInt(each) * price, BigInt(priced.units[at]) * 100_000n];
    return over >= units && over - price < units;
  });
}

/** PR-11: two prices of one oracle for one minute that differ, the two of the least ids. */
export function contradictionsOf(requests) {
  const prices = requests.flatMap(({ content }) => content.priced?.prices ?? []);
  prices.sort((a, b) => (a.id < b.id ? -1 : 1));
  const groups = new Map();
  for (const { id, pubkey, content } of prices) {
    const key = `${pubkey} ${content.minute}`;
    groups.set(key, [...(groups.get(key) ?? []), { id, price: content.price }]);
  }
  return [...groups.values()].flatMap(([first, ...others]) => {
    const other = others.find(({ price }) => price !== first.price);
    return other ? [[first.id, other.id]] : [];
  });
}

/** FW-2, FW-3, FW-7: whether the contract lets the bank pass on what a receipt proves. */
export function isForwarded({ content: { request, forward } }, { fees }, rings) {
  const { leg, msat, via } = request.content;
  if (!via) return true;
  const { mostBps = 0, mostBaseMsat = 0 } = fees.forwarding ?? {};
  const isCheap = msat.every((gross, at) => {
    const most = (BigInt(gross) * BigInt(mostBps)) / 10_000n + BigInt(mostBaseMsat);
    return BigInt(gross) - BigInt(via.netMsat[at]) <= most;
  });
  const isLeg = ['disbursement', 'repayment'].includes(leg);
  const isBank = !forward || rings.bank.ring.has(forward.pubkey);
  return fees.forwarding !== undefined && isCheap && isLeg && isBank;
}

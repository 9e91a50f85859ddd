/** The shape of vectors of figures, and the implementation's answers. */
import {
  combineBank,
  combinePortfolio,
  findReusedHashes,
  foldContract,
  isKeptIn,
  repaymentHistory,
  summarizeHolding,
  vintagesOf,
  type BookUnit,
  type Opening,
  type ParsedEvent,
  type SignedEvent,
} from '@realyield/protocol';
import type { Named } from './vector.ts';

/** Contracts of a bank, taken as one investor's too, and a time to see them at. */
export interface FiguresVector extends Named, BookUnit {
  readonly bank: string;
  readonly asOfSec: number;
  readonly openings: readonly Opening[];
  readonly events: readonly SignedEvent[];
}

/** Figures of a bank and of a portfolio of the same contracts. */
export function figuresOf(
  vector: FiguresVector,
  readAll: (events: readonly unknown[]) => readonly ParsedEvent[],
): object {
  const parsed = readAll(vector.events);
  const roots = parsed.flatMap((each) =>
    each.name === 'contract' && each.document.replaces === undefined ? each.event.id : [],
  );
  const states = [...new Set(roots)].map((root) => {
    const fold = foldContract(root, parsed);
    if (!fold.ok) throw new Error(fold.code);
    return fold.value.state;
  });
  const reuse = findReusedHashes(states);
  const holdings = states.map((state) =>
    summarizeHolding(state, vector.asOfSec, reuse.notCounted.get(state.root)),
  );
  const context = { reuse, openings: vector.openings };
  const { xirr, ...portfolio } = combinePortfolio(vector, holdings);
  const here = holdings.filter((holding) => isKeptIn(holding, vector));
  return {
    bank: combineBank(vector.bank, vector, holdings, context),
    portfolio: { ...portfolio, xirr: xirr.rate?.toFixed(9) ?? xirr.withheld },
    history: repaymentHistory(here),
    vintages: vintagesOf(here),
  };
}

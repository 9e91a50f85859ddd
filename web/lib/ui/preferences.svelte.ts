/**
 * How this person wants to see things: theme and unit of money, kept in this browser only. Made
 * once by the layout and handed down by context, so that one switch changes the whole client.
 */
import { getContext, setContext } from 'svelte';
import { BITCOIN, formatAmount, type AmountUnit } from '../amount.ts';
import { unitKey } from '../currencies.ts';
import { moneyText, type LocalRate, type MoneyUnit } from '../format.ts';

/** The system's theme, or one chosen here. */
export type Theme = 'system' | 'light' | 'dark';

/** A price of oracles: minor units of a currency for one bitcoin, and the minute it is of. */
export interface Quote {
  readonly price: bigint;
  readonly atSec: number;
}

const CONTEXT_KEY = Symbol('preferences');
const THEME_KEY = 'realyield.theme';
const UNIT_KEY = 'realyield.unit';

/** Theme, unit of money and the price for local currency; assigning changes every page. */
export class Preferences {
  #theme = $state<Theme>('system');
  #unit = $state<MoneyUnit>('sat');
  /** Display price; the local-currency line is shown only while there is one. */
  rate = $state<LocalRate | undefined>(undefined);
  /** The oracles' last price of a currency by its unit's key, to say what an amount is in sat. */
  quotes = $state.raw<ReadonlyMap<string, Quote>>(new Map());

  get theme(): Theme {
    return this.#theme;
  }

  set theme(theme: Theme) {
    this.#theme = theme;
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    keep(THEME_KEY, theme === 'system' ? undefined : theme);
  }

  get unit(): MoneyUnit {
    return this.#unit;
  }

  set unit(unit: MoneyUnit) {
    this.#unit = unit;
    keep(UNIT_KEY, unit);
  }

  /** An amount as the number alone, for columns whose head names the unit. */
  number(units: bigint, denomination: AmountUnit): string {
    return formatAmount({ units, denomination }, this.#unit, this.rate, true).number;
  }

  /** An amount as one string: bitcoin in the chosen unit, a currency in its own. */
  text(units: bigint, denomination: AmountUnit, whole = true): string {
    return moneyText(formatAmount({ units, denomination }, this.#unit, this.rate, whole));
  }

  /** How amounts of a denomination are called beside them: `sat`, `BTC`, `USD`. */
  unitName(denomination: AmountUnit = BITCOIN): string {
    return formatAmount({ units: 0n, denomination }, this.#unit, this.rate).unit;
  }

  /** What oracles said last about a currency, as far as this client knows. */
  quoteOf(denomination: AmountUnit): Quote | undefined {
    return this.quotes.get(unitKey(denomination));
  }

  /** Reads what was chosen earlier; call once in the browser. */
  load(): void {
    const theme = read(THEME_KEY);
    if (theme === 'light' || theme === 'dark') this.#theme = theme;
    const unit = read(UNIT_KEY);
    if (unit === 'btc' || unit === 'local') this.#unit = unit;
  }
}

function keep(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Storage is closed to us: the choice lasts until the page is left.
  }
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Makes the preferences of this page tree; for the layout (and tests). */
export function createPreferences(): Preferences {
  return setContext(CONTEXT_KEY, new Preferences());
}

/** The preferences of this page tree; plain sats where nobody made any. */
export function usePreferences(): Preferences {
  return getContext<Preferences | undefined>(CONTEXT_KEY) ?? new Preferences();
}

/** A bank's register of countersignatures: gaps and forks. Spec: specs/figures.md, "Register". */
import type { RegisterEntry } from '../contract/state.ts';
import type { ContractSummary } from './summary.ts';

/** What the known countersignatures of a bank say about those that are not known. */
export interface RegisterView {
  readonly entries: number;
  readonly highestSerial: number;
  readonly missingCount: number;
  /** Serials below the highest that nobody has shown, as ranges with both ends. */
  readonly missing: readonly { readonly from: number; readonly to: number }[];
  /** Serials used twice, with the countersignatures that use them. */
  readonly forks: readonly { readonly serial: number; readonly ids: readonly string[] }[];
  /** Countersignatures that name another one before them than the known one with that serial. */
  readonly breaks: readonly { readonly serial: number; readonly id: string }[];
}

function missingRanges(serials: readonly number[]): { from: number; to: number }[] {
  return serials.flatMap((serial, index) => {
    const before = serials[index - 1] ?? 0;
    return serial > before + 1 ? [{ from: before + 1, to: serial - 1 }] : [];
  });
}

/** The register as far as these countersignatures show it. */
export function readRegister(entries: Iterable<RegisterEntry>): RegisterView {
  const bySerial = new Map<number, Map<string, RegisterEntry>>();
  for (const entry of entries) {
    const known = bySerial.get(entry.serial);
    if (known) known.set(entry.id, entry);
    else bySerial.set(entry.serial, new Map([[entry.id, entry]]));
  }
  const serials = [...bySerial.keys()].sort((a, b) => a - b);
  // F-17: "Serials between 1 and the highest known that no known countersignature has are
  // missing."
  const missing = missingRanges(serials);
  const highestSerial = serials.at(-1) ?? 0;
  // F-18: "Two countersignatures with one serial are a fork."
  const forks = serials.flatMap((serial) => {
    const ids = [...(bySerial.get(serial)?.keys() ?? [])].sort();
    return ids.length > 1 ? [{ serial, ids }] : [];
  });
  // F-19: "A countersignature that names another predecessor than every known one with the serial
  // before it breaks the chain."
  const breaks = serials.flatMap((serial) => {
    const before = bySerial.get(serial - 1);
    const own = [...(bySerial.get(serial)?.values() ?? [])];
    const broken = before ? own.filter(({ previous }) => !before.has(previous)) : [];
    return broken.map(({ id }) => ({ serial, id })).sort((a, b) => (a.id < b.id ? -1 : 1));
  });
  return {
    entries: [...bySerial.values()].reduce((sum, ids) => sum + ids.size, 0),
    highestSerial,
    missingCount: highestSerial - serials.length,
    missing,
    forks,
    breaks,
  };
}

/** The register entries that contracts show. */
export function registerEntries(summaries: readonly ContractSummary[]): RegisterEntry[] {
  return summaries.flatMap(({ registered }) => registered);
}

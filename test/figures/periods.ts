/** F-25, with the platform's own calendar. */

/** The period a time falls in. */
export function periodOf(atSec: number, daySec: number): { fromSec: number; toSec: number } {
  if (daySec !== 86_400) {
    const fromSec = Math.floor(atSec / (30 * daySec)) * 30 * daySec;
    return { fromSec, toSec: fromSec + 30 * daySec - 1 };
  }
  const date = new Date(atSec * 1_000);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return {
    fromSec: Date.UTC(year, month) / 1_000,
    toSec: Date.UTC(year, month + 1) / 1_000 - 1,
  };
}

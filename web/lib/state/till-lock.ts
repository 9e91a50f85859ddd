/** Whether this device is a locked till: known before its store is open. */
const KEY = 'realyield.till.locked';

/** Whether the till was locked here and not unlocked since. */
export function wasLocked(): boolean {
  try {
    return localStorage.getItem(KEY) === 'yes';
  } catch {
    return false;
  }
}

/** Keeps whether the till is locked. */
export function keepLocked(isLocked: boolean): void {
  try {
    if (isLocked) localStorage.setItem(KEY, 'yes');
    else localStorage.removeItem(KEY);
  } catch {
    // Storage is closed to us: the store says it, a moment later.
  }
}

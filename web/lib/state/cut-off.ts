/** Whether what is stored on this device is all there is for now. */
import type { RelayState } from '../engine/ports.ts';

/** Whether no relay can be reached. */
export function isCutOff(states: readonly RelayState[]): boolean {
  return states.length > 0 && states.every(({ state }) => state === 'refused');
}

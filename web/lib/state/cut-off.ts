/** Whether what is stored on this device is all there is for now. */
import type { Catalog } from '../engine/catalog.ts';
import type { RelayState } from '../engine/ports.ts';

/** Whether no relay can be reached. */
export function isCutOff(states: readonly RelayState[]): boolean {
  return states.length > 0 && states.every(({ state }) => state === 'refused');
}

/** What is known, and who is asked for more. */
interface Asking {
  readonly catalog: Catalog | undefined;
  readonly relayStates: readonly RelayState[];
}

/** Whether a relay has sent all it had of a contract, or none can be reached. */
export function isContractRead({ catalog, relayStates }: Asking, root: string): boolean {
  return catalog?.isWatchListed(root) === true || isCutOff(relayStates);
}

/** Whether what is stored on this device is all there is for now. */
import type { Catalog } from '../engine/catalog.ts';
import type { RelayState } from '../engine/ports.ts';

/** Whether no relay can be reached. */
export function isCutOff(states: readonly RelayState[]): boolean {
  return states.length > 0 && states.every(({ state }) => state === 'refused');
}

/** What is known, and who is asked for more. */
interface Asking {
  readonly catalog: Pick<Catalog, 'isListed' | 'isWatchListed' | 'contract'> | undefined;
  readonly relayStates: readonly RelayState[];
}

/** Whether a relay has sent all it had of a contract, or none can be reached. */
export function isContractRead({ catalog, relayStates }: Asking, root: string): boolean {
  return catalog?.isWatchListed(root) === true || isCutOff(relayStates);
}

/**
 * The same for a row of a list. A proposal travels by private mail until all have signed: no relay
 * is asked about it while nobody looks at it, so that it is read once the relays were heard at all.
 */
export function isRowRead(asking: Asking, root: string): boolean {
  if (isContractRead(asking, root)) return true;
  const { catalog } = asking;
  const isProposal = catalog?.contract(root)?.fold.state.status === 'proposed';
  return isProposal && catalog.isListed;
}

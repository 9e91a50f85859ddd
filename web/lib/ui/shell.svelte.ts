/**
 * What the frame around every page shows: who is connected and how the relays are. The layout
 * makes it; whoever runs the session assigns to it.
 */
import { getContext, setContext } from 'svelte';

const CONTEXT_KEY = Symbol('shell');

/** Someone as the pages show them. */
export interface PersonView {
  /** 32-byte hex, x-only. */
  readonly publicKey: string;
  readonly name?: string | undefined;
  /** The role as a word: `bank`, `business`, `investor`, `arbiter`. */
  readonly role?: string | undefined;
  /** A NIP-05 address, only after it was checked. */
  readonly nip05?: string | undefined;
  /** Who else has nearly this name, as a sentence of ours. */
  readonly alike?: string | undefined;
}

/** How one relay is doing; `RelayState` of the engine fits. */
export interface RelayLine {
  readonly url: string;
  readonly state: 'connecting' | 'open' | 'closed' | 'refused';
}

/** Someone of the local world that a visitor can be. */
export interface PersonaLine {
  readonly id: string;
  readonly person: PersonView;
  readonly place: string | undefined;
  readonly isCurrent: boolean;
}

/** The frame's own state. */
export class Shell {
  /** Who is connected; undefined while nobody is. */
  person = $state<PersonView | undefined>(undefined);
  /** Who there is to be; empty outside a local world. */
  personas = $state.raw<readonly PersonaLine[]>([]);
  /** Shows the Desk entry: for banks and businesses. */
  hasDesk = $state(false);
  /** Empty until the relays are known; the banner is quiet until then. */
  relays = $state<readonly RelayLine[]>([]);
  /** Whether the device says it has a network. */
  online = $state(typeof navigator === 'undefined' || navigator.onLine);
}

/** Makes the frame's state; for the layout (and tests). */
export function createShell(): Shell {
  return setContext(CONTEXT_KEY, new Shell());
}

/** The frame's state. */
export function useShell(): Shell {
  return getContext<Shell | undefined>(CONTEXT_KEY) ?? new Shell();
}

/**
 * The protocol's write rules inside the embedded relay. Spec: specs/relays.md.
 */
import type { SignatureVerifier } from '@realyield/protocol';
import { decide, type Rules } from '../decide.ts';
import { createReader } from '../reader.ts';
import { nodeHash } from '../verifier.ts';
import type { RelayDecide } from './admission.ts';
import { createKeyLookup, createPartyLookup } from './parties.ts';

/** What the rules need from the relay. */
export interface RuleSources {
  readonly rules: Rules;
  readonly verifier: SignatureVerifier;
  /** A stored event as JSON text. */
  readonly read: (id: string) => string | undefined;
  /** A contract's stored key events (2823) as JSON text. */
  readonly keyEvents: (root: string) => readonly string[];
  readonly relayUrls: () => ReadonlySet<string>;
  readonly nowSec: () => number;
}

/** The rules as a function of events whose id and signature the relay has checked. */
export function createRules(sources: RuleSources): RelayDecide {
  const { rules, relayUrls, nowSec } = sources;
  const reader = createReader(sources.verifier, nodeHash);
  const keysNamedBy = createPartyLookup(sources.read);
  const keysLedTo = createKeyLookup(sources.keyEvents);
  const holds = (id: string): boolean => sources.read(id) !== undefined;
  // The store itself, within its transaction, refuses what vanished keys signed.
  const vanishedAtSec = (): undefined => undefined;
  return (event) =>
    decide(event, {
      rules,
      nowSec: nowSec(),
      isSignatureChecked: true,
      reader,
      vanish: { relayUrls: relayUrls(), vanishedAtSec },
      keysNamedBy,
      keysLedTo,
      holds,
    });
}

/** What an operator's choice of kinds means, in a sentence for the information document. */
export function describeRules({ kinds }: Rules): string {
  const facts = 'Facts of the Real Yield protocol must be valid (specs/relays.md).';
  switch (kinds) {
    case 'protocol':
      return `${facts} Other kinds are refused, but for deletions and requests to vanish.`;
    case 'needed':
      return `${facts} Other kinds are refused, but for those its clients need.`;
    case 'all':
      return facts;
  }
}

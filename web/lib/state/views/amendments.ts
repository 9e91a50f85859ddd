/** Changes of a contract's terms, in words: those signed by all three, and those that wait. */
import {
  PARTY_ROLES,
  sentenceFor,
  type ContractState,
  type PartyRole,
  type Reject,
} from '@realyield/protocol';
import type { TermChange } from '../../components/agreement/models.ts';
import type { OpenAmendment } from '../../engine/agreement/amendments.ts';
import { formatDateTime, formatDue } from '../../format.ts';
import type { ContractNow } from './contract.ts';
import { termChanges, termsInForce } from './term-changes.ts';

/** Terms that all three have signed after the first. */
export interface VersionView {
  readonly id: string;
  readonly title: string;
  readonly sentence: string;
  readonly changes: readonly TermChange[];
}

/** Versions after the first, newest first. */
export function versionViews({ versions }: ContractState): VersionView[] {
  return versions
    .slice(1)
    .map(({ id, document, effectiveAtSec, fromDay }, index) => {
      const { daySec, startAtSec, reason, arrears } = document;
      const calendar = { startSec: startAtSec, daySec };
      const from = formatDue((fromDay + 1) * daySec - 1, calendar);
      const before = versions[index]?.document ?? document;
      const late =
        arrears === 'fold'
          ? 'What was unpaid by then goes into the new instalments.'
          : 'What was unpaid by then stays due.';
      return {
        id,
        title: reason === 'restructuring' ? 'Restructured' : 'Amended',
        sentence:
          `Signed by all three on ${formatDateTime(effectiveAtSec)}; it asks for what falls due ` +
          `after ${from}. ${late}`,
        changes: termChanges(before, document),
      };
    })
    .reverse();
}

/** Terms that not all three have signed. */
export interface OpenAmendmentView {
  /** Who proposed, who signed, whose turn it is. */
  readonly sentence: string;
  readonly changes: readonly TermChange[];
  /** Why the reader cannot sign, where that is not plain. */
  readonly refused: string | undefined;
  /** Whether the reader's signature is wanted now. */
  readonly isWaiting: boolean;
}

/** Roles in a sentence; after a takeover the backup servicer signs where the bank did. */
function roles(list: readonly PartyRole[], { takeover }: ContractNow['state']): string {
  const bank = takeover ? 'the backup servicer in the bank’s place' : 'the bank';
  const named = list.map((role) => (role === 'bank' ? bank : `the ${role}`));
  const last = named.at(-1) ?? '';
  return named.length > 1 ? `${named.slice(0, -1).join(', ')} and ${last}` : last;
}

/** An amendment that waits; `problem` is why the reader cannot sign it. */
export function openAmendmentView(
  { state }: ContractNow,
  { terms, proposedBy, isStandIn, signedBy }: OpenAmendment,
  problem: Reject | undefined,
): OpenAmendmentView {
  const what = terms.document.reason === 'restructuring' ? 'A restructuring' : 'Other terms';
  const author = isStandIn ? 'backup servicer' : proposedBy;
  const by = author === undefined ? '' : `, proposed by the ${author}`;
  const signed =
    signedBy.length === 0 ? 'signed by nobody yet' : `signed by ${roles(signedBy, state)}`;
  const missing = PARTY_ROLES.filter((role) => !signedBy.includes(role));
  const isPlain = problem?.code === 'ALREADY_SIGNED' || problem?.code === 'STATE_FORBIDS';
  return {
    sentence: `${what}${by}: ${signed}, waiting for ${roles(missing, state)}.`,
    changes: termChanges(termsInForce(state), terms.document),
    refused: problem && !isPlain ? sentenceFor(problem.code) : undefined,
    isWaiting: problem === undefined,
  };
}

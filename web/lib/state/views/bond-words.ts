/** How a bond stands, in words that nobody can take for more than they say. */
import type { BondScript, PledgeDocument } from '@realyield/protocol';
import type { BondCheck, SeenStanding, SourceSeen } from '../../engine/bonds/bond-watch.ts';
import { formatCount, formatDate, formatDateTime } from '../../format.ts';
import { isBeingRead } from './bond-status.ts';

type Unverified = Extract<SeenStanding, { state: 'unverified' }>['reason'];

const NEITHER = 'That makes the bond neither good nor bad.';

const REASONS: Readonly<Record<Unverified, string>> = {
  disagree: `The sources contradict each other: one of them is wrong, or behind. ${NEITHER}`,
  stale: `The last answers are more than an hour old. ${NEITHER}`,
  unreachable: `None of your sources of the chain answers. ${NEITHER}`,
  oneSource: `Only one source answers, and one alone is not believed. ${NEITHER}`,
  unproven: `What a source answers does not prove what it says. ${NEITHER}`,
  notAsked: 'Nobody has been asked yet whether it is there.',
  otherNetwork: 'It is not on the network that your sources know.',
  tooFewSources: 'Two sources of the chain at different hosts have to say the same.',
};

/** How it stands, in a sentence or two. */
export function standingSentence(check: BondCheck | undefined, isOnline: boolean): string {
  if (!check) return 'Reading what was answered before.';
  if (isBeingRead(check)) return 'Asking your sources of the chain.';
  const { standing } = check;
  switch (standing.state) {
    case 'live':
      return (
        `Your sources show it unspent, in block ${formatCount(standing.height)} of ` +
        `${formatDate(standing.confirmedAtSec)}; the proof was checked here.`
      );
    case 'unconfirmed':
      return 'It has been paid and is in no block yet. It counts once it is in one.';
    case 'spent':
      return 'Your sources say that this bitcoin has been moved on. It stands for nothing now.';
    case 'unlocked':
      return 'The bank can take it at any moment from now on. It covers nothing.';
    case 'uncertified':
      return 'What ties this bitcoin to the bank has run out. It covers nothing.';
    case 'notThere':
      return 'What lies at the place the bank names is not what it pledged, or nothing at all.';
    case 'unverified':
      return !isOnline && standing.reason !== 'otherNetwork'
        ? `You are offline, so nobody can be asked. ${NEITHER}`
        : REASONS[standing.reason];
  }
}

const hostOf = (name: string): string => (URL.canParse(name) ? new URL(name).host : name);

function namesOf(sources: readonly SourceSeen[]): string {
  return sources.map(({ name }) => hostOf(name)).join(' and ');
}

/** When and with whom it was last checked. */
export function checkedWords(check: BondCheck | undefined): string {
  if (!check) return '';
  const { checkedAtSec, sources } = check;
  const answered = sources.filter(({ answeredAtSec }) => answeredAtSec !== undefined);
  const silent = sources.filter(({ isSilent }) => isSilent);
  const quiet = silent.length === 0 ? '' : ` No answer from ${namesOf(silent)}.`;
  if (checkedAtSec === undefined) return `Never checked on this device.${quiet}`;
  return `Checked ${formatDateTime(checkedAtSec)} with ${namesOf(answered)}.${quiet}`;
}

/** What kind of bond a script makes. */
export const KIND_NAMES: Readonly<Record<BondScript['kind'], string>> = {
  timeLocked: 'Time-locked bond',
  collateral: 'Collateral bond',
};

/** What a bond can do and what it cannot. */
export function abilities(
  { holders, lockTimeSec }: PledgeDocument,
  names: readonly string[],
): { readonly can: string; readonly cannot: string } {
  const until = formatDate(lockTimeSec);
  if (!holders) {
    return {
      can:
        `It shows that the bank means to stay: it gave this bitcoin out of its own reach until ` +
        `${until} and forgoes what it could have earned with it.`,
      cannot:
        'It covers no loss. Nobody can take it, whatever happens to a loan, and it goes back to ' +
        'the bank. Somebody may have lent it to the bank for this.',
    };
  }
  const [first = '', second = '', third = ''] = names;
  return {
    can:
      `After a ruling any two of ${first}, ${second} and ${third} can pay lenders out of it. ` +
      `The bank has no key to it before ${until}.`,
    cannot:
      'It does not bind those three: any two of them can take all of it, ruling or not, and you ' +
      `rely on them. From ${until} the bank can take it alone. At any time the bank can set it ` +
      'aside for other offers; only contracts that name it keep their share.',
  };
}

/** Milestones and notices as entries of the timeline: what each says and what was checked of it. */
import type {
  ContractState,
  ParsedMilestone,
  ParsedNotice,
  RecoveryDocument,
} from '@realyield/protocol';
import type { CheckView, Tone } from '../../components/models.ts';
import { amountOf, amountText, type Amount } from '../../amount.ts';
import { formatPlural } from '../../format.ts';

/** An entry in words. */
export interface Words {
  readonly title: string;
  readonly detail?: string;
  readonly amount?: Amount;
  readonly tone?: Tone;
  readonly checks: readonly CheckView[];
}

function claimWords(parsed: ParsedMilestone, title: string): Words {
  const { document } = parsed;
  const count = document.type === 'claim' ? document.evidence.length : 0;
  return {
    title: `Milestone claimed: ${title}`,
    detail: document.statement,
    tone: 'waiting',
    checks: [
      { label: 'The contract has this milestone', state: 'ok' },
      {
        label: 'What was done and shown is as stated',
        state: 'unknown',
        detail: `${formatPlural(count, 'file')} named by hash; no file is public`,
      },
    ],
  };
}

function isContradicted(state: ContractState, id: string): boolean {
  return state.equivocations.some(
    ({ reason, events }) => reason === 'contradictory decisions' && events.includes(id),
  );
}

/** A claim or a decision on one. */
export function milestoneWords(state: ContractState, parsed: ParsedMilestone): Words {
  const { document, event } = parsed;
  const tranche = state.contract.document.tranches[document.tranche];
  const title = tranche?.milestone?.title ?? `tranche ${document.tranche + 1}`;
  if (document.type === 'claim') return claimWords(parsed, title);
  const isApproval = document.type === 'approval';
  const checks: CheckView[] = [
    { label: 'The claim it decides on is embedded and signed by the business', state: 'ok' },
    { label: 'The author is who the contract names to decide', state: 'ok' },
  ];
  if (isContradicted(state, event.id)) {
    checks.push({
      label: 'No other decision on the same claim contradicts it',
      state: 'failed',
      detail: 'the claim was both confirmed and refused, so it counts as refused',
    });
  }
  return {
    title: isApproval ? `Milestone confirmed: ${title}` : `Milestone refused: ${title}`,
    ...(document.statement === '' ? {} : { detail: document.statement }),
    ...(isApproval && tranche
      ? { amount: amountOf(BigInt(tranche.amountUnits), state.contract.document.denomination) }
      : {}),
    tone: isApproval ? 'done' : 'problem',
    checks,
  };
}

function judged(state: ContractState, parsed: ParsedNotice, label: string): CheckView[] {
  const notice = state.notices.find(({ id }) => id === parsed.event.id);
  const checks: CheckView[] = [{ label, state: 'ok' }];
  if (notice?.contested === true) {
    checks.push({
      label: 'It holds with every payment known now',
      state: 'failed',
      detail: 'payments it does not rest on, made by then, contradict it',
    });
  }
  return checks;
}

function recoveryWords(
  { contract }: ContractState,
  document: RecoveryDocument,
  said: { detail?: string },
): Words {
  const { denomination } = contract.document;
  const text = (units: string): string => amountText(BigInt(units), denomination);
  return {
    title: `Recovered ${text(document.grossUnits)}, of which ${text(document.costsUnits)} costs`,
    ...said,
    tone: 'done',
    checks: [{ label: 'Its costs are within what the terms allow', state: 'ok' }],
  };
}

/** A notice on the contract. */
export function noticeWords(state: ContractState, parsed: ParsedNotice): Words {
  const { document } = parsed;
  if (document.type === 'fundingReached') return { title: 'Funding reached', checks: [] };
  if (document.type === 'fundingFailed') {
    const why = document.statement === '' ? {} : { detail: document.statement };
    return { title: 'Funding failed', ...why, tone: 'problem', checks: [] };
  }
  const said = document.statement === '' ? {} : { detail: document.statement };
  if (document.type === 'recovery') return recoveryWords(state, document, said);
  switch (document.type) {
    case 'closure':
      return {
        title: 'Closed by the bank',
        ...said,
        tone: 'done',
        checks: [{ label: 'The ledger it rests on was repaid', state: 'ok' }],
      };
    case 'arrears': {
      const label = 'The instalment was late beyond its grace, by all it rests on';
      return {
        title: `Arrears notice: instalment ${document.instalment}`,
        ...said,
        tone: 'problem',
        checks: judged(state, parsed, label),
      };
    }
    case 'default': {
      const label = 'It was late long enough, and the time to cure had passed';
      return {
        title: 'Default declared',
        ...said,
        tone: 'problem',
        checks: judged(state, parsed, label),
      };
    }
    case 'acceleration':
    case 'writeOff': {
      const label = 'It rests on a default notice that counts, and an instalment was late';
      return {
        title: document.type === 'acceleration' ? 'Called in' : 'Written off by the bank',
        ...said,
        tone: 'problem',
        checks: judged(state, parsed, label),
      };
    }
    case 'takeover':
      return {
        title: 'The backup servicer took over from the bank',
        ...said,
        tone: state.takeover?.contested ? 'problem' : 'done',
        checks: [
          {
            label: 'The bank has signed nothing since',
            state: state.takeover?.contested ? 'failed' : 'ok',
          },
        ],
      };
  }
}

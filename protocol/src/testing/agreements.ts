/** What parties and appointees sign of a loan's agreement: keys, amendments, funding, takeover. */
import {
  buildContractEvent,
  buildKey,
  buildNotice,
  buildSignature,
  embed,
  keyFactsHash,
  offerAddress,
  REGISTER_START,
  type ContractDocument,
  type ParsedContract,
  type PartyRole,
  type SignedEvent,
} from '../index.ts';
import { publicOf } from './keys.ts';
import type { Loan } from './loan.ts';

/** A key of a role replaced by another. */
export function rotate(
  loan: Loan,
  role: PartyRole,
  change: { readonly from: string; readonly to: string },
  atSec: number,
  name = change.from,
): SignedEvent {
  const [from, to] = [publicOf(change.from), publicOf(change.to)];
  const document = { contract: loan.root, role, from, to, prev: loan.heads(name) };
  return loan.addAs(name, buildKey({ v: 1, type: 'rotation', ...document }, atSec));
}

/** A key of a role revoked. */
export function revoke(
  loan: Loan,
  role: PartyRole,
  key: string,
  atSec: number,
  name = key,
): SignedEvent {
  const document = { contract: loan.root, role, key: publicOf(key), prev: loan.heads(name) };
  return loan.addAs(name, buildKey({ v: 1, type: 'revocation', ...document }, atSec));
}

/** Terms that would replace the root's, or another amendment's; whoever writes them. */
export function amendment(
  loan: Loan,
  change: Partial<ContractDocument>,
  atSec: number,
  replaced: ParsedContract = loan.contract,
): ParsedContract {
  const terms: ContractDocument = {
    ...replaced.document,
    expiresAtSec: atSec + 1_000_000,
    replaces: { root: loan.root, version: replaced.event.id },
    reason: 'amendment',
    arrears: 'stay',
    ...change,
  };
  const event = loan.signing.sign('bank', buildContractEvent(terms, atSec));
  return loan.signing.read(event).at(-1) as ParsedContract;
}

/** A role accepts an amendment. */
export function accept(
  loan: Loan,
  amended: ParsedContract,
  role: PartyRole,
  atSec: number,
  name: string = role,
): SignedEvent {
  const register = { serial: 1, previous: REGISTER_START };
  const template = buildSignature(
    {
      v: 1,
      type: 'acceptance',
      contract: loan.root,
      role,
      terms: embed(amended.event),
      keyFacts: keyFactsHash(amended.document),
      ...(role === 'bank' ? { register } : {}),
      prev: loan.heads(name),
    },
    atSec,
  );
  return loan.addAs(name, template);
}

/** All three accept an amendment, one second after another. */
export function acceptAll(loan: Loan, amended: ParsedContract, atSec: number): void {
  accept(loan, amended, 'investor', atSec);
  accept(loan, amended, 'business', atSec + 1);
  accept(loan, amended, 'bank', atSec + 2);
}

/** The backup servicer takes over, resting on every head unless said. */
export function takeOver(
  loan: Loan,
  atSec: number,
  name = 'servicer',
  rests?: readonly string[],
): SignedEvent {
  const all = ['investor', 'business', 'bank'].flatMap((party) => loan.heads(party));
  const seen = [...new Set(rests ?? [...all, loan.root])].sort();
  const document = { contract: loan.root, seen, statement: '', prev: loan.heads(name) };
  return loan.addAs(name, buildNotice({ v: 1, type: 'takeover', ...document }, atSec));
}

/** The bank says that funding is reached or has failed. */
export function fund(
  loan: Loan,
  type: 'fundingReached' | 'fundingFailed',
  atSec: number,
  name = 'bank',
  identifier = loan.offer.document.identifier,
): SignedEvent {
  const address = offerAddress(publicOf(name), identifier);
  const offer = { id: loan.offer.event.id, address };
  const said = { v: 1 as const, offer, contracts: [loan.root], prev: [] };
  const template =
    type === 'fundingReached'
      ? buildNotice({ ...said, type, totalUnits: '1000000000' }, atSec)
      : buildNotice({ ...said, type, statement: '' }, atSec);
  return loan.addAs(name, template);
}

/** The bank says that funding of loans of one offer is reached, in one notice. */
export function fundTogether(loans: readonly Loan[], atSec: number): SignedEvent | undefined {
  const [first] = loans;
  if (!first) return undefined;
  const address = offerAddress(publicOf('bank'), first.offer.document.identifier);
  const offer = { id: first.offer.event.id, address };
  const amounts = loans.map(({ contract }) => BigInt(contract.document.principalUnits));
  const totalUnits = amounts.reduce((sum, each) => sum + each, 0n).toString();
  const contracts = loans.map(({ root }) => root);
  const said = { v: 1 as const, offer, contracts, prev: [] };
  const template = buildNotice({ ...said, type: 'fundingReached', totalUnits }, atSec);
  const event = first.addAs('bank', template);
  for (const loan of loans.slice(1)) loan.add(event);
  return event;
}

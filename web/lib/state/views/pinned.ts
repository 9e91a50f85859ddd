/** What an offer or a contract pins of a bond, in words. Spec: specs/bonds.md, "Pinned". */
import {
  pinStanding,
  type ContractDocument,
  type ParsedOffer,
  type PinStanding,
  type WrongPin,
} from '@realyield/protocol';
import type { PinWords } from '../../components/bond-models.ts';
import { msat, satText, type BondsKnown } from './bond-cards.ts';

/** Whose bond is pinned, by what. */
export interface Pinning {
  readonly bond: NonNullable<ContractDocument['bond']>;
  readonly bank: string;
  readonly identifier: string;
  readonly network: ContractDocument['network'];
  /** `offer` or `contract`: what it is that pins it. */
  readonly by: 'offer' | 'contract';
}

/** What an offer pins; undefined where it pins nothing. */
export function pinningOf({ document, event }: ParsedOffer): Pinning | undefined {
  const { bond, identifier, network } = document;
  return bond && { bond, bank: event.pubkey, identifier, network, by: 'offer' };
}

/** What a contract pins; undefined where it pins nothing. */
export function pinningIn(document: ContractDocument): Pinning | undefined {
  const { bases, bond, network, parties } = document;
  const offer = bases.find(({ as }) => as === 'offer')?.event.content;
  const identifier = String(offer?.['identifier']);
  return bond && { bond, bank: parties.bank.pubkey, identifier, network, by: 'contract' };
}

/** How what is pinned stands by the pledges that are known here. */
export function standingOfPin({ names }: Pick<BondsKnown, 'names'>, pinning: Pinning): PinStanding {
  const { bond, bank } = pinning;
  const { pledges } = names.catalog.listings;
  return pinStanding(bond, pinning, pledges.ofBankAndId(bank, bond.pledge));
}

const WRONG: Readonly<Record<Exclude<WrongPin, 'less'>, string>> = {
  noPledge: 'no pledge of a bond',
  otherBank: 'a bond of another bank',
  otherNetwork: 'a bond on another network',
  timeLocked: 'a time-locked bond, which covers no loss',
};

/** What stands behind what is pinned, in a sentence or two. */
export function pinWords(pinning: Pinning, standing: PinStanding): PinWords {
  const pinned = satText(msat(pinning.bond.allocationSat));
  const isOffer = pinning.by === 'offer';
  const names = isOffer
    ? `This offer names a bond of the bank and ${pinned} of it`
    : `This contract names a bond of the bank and ${pinned} of it for all loans of its offer`;
  switch (standing.state) {
    case 'unseen':
      return {
        text: `${names}, but no relay here has the pledge: it is not verified.`,
        isWrong: true,
      };
    case 'wrong': {
      if (standing.reason !== 'less') {
        return {
          text: `What it names is ${WRONG[standing.reason]}. It stands for nothing here.`,
          isWrong: true,
        };
      }
      const { allocatedSat } = standing;
      const less = allocatedSat === 0n ? 'nothing' : `only ${satText(msat(allocatedSat))}`;
      return { text: `${names}, but that pledge sets ${less} aside for it.`, isWrong: true };
    }
    case 'kept':
      return { text: `${names}. The pledge it names is still in force.`, isWrong: false };
    case 'replaced': {
      const { allocatedSat } = standing;
      const isLess = allocatedSat < BigInt(pinning.bond.allocationSat);
      const now = allocatedSat === 0n ? 'nothing' : satText(msat(allocatedSat));
      return {
        text:
          `${names}. The bank has replaced that pledge since: the one in force sets ${now} aside ` +
          `for it${isLess ? ', which is less' : ''}.`,
        isWrong: isLess,
      };
    }
  }
}

/** What came together under an offer, and the bank's word on it. Spec: specs/notices.md. */
import {
  buildNotice,
  offerAddress,
  reject,
  type ParsedOffer,
  type Reject,
  type Result,
} from '@realyield/protocol';
import type { ContractView } from '../catalog.ts';
import { ownContract, ownHeads, type Desk } from '../desk.ts';

/** As many contracts as one notice names. */
const MOST_NAMED = 400;
const MOST_HEADS = 64;

/** How the contracts of an offer come together. */
export interface FundingView {
  readonly denomination: ParsedOffer['document']['denomination'];
  /** The least that must come together, in the contracts' units. */
  readonly wantedUnits: bigint;
  /** Principal of contracts in effect. */
  readonly togetherUnits: bigint;
  readonly contracts: readonly ContractView[];
  /** What the bank said of all of them; `open` while it has said it not of each. */
  readonly status: 'notRequired' | 'open' | 'reached' | 'failed';
  readonly deadlineAtSec: number | undefined;
}

/** How an offer's funding stands, as far as is known here. */
export function fundingOf(catalog: Desk['catalog'], offer: ParsedOffer): FundingView {
  const contracts = catalog
    .contractsOf(offer)
    .filter(({ fold }) => fold.state.effectiveAtSec !== undefined);
  const { funding, minimumTotalUnits } = offer.document;
  const said = contracts.map(({ fold }) => fold.state.funding);
  const isAll = (status: string): boolean =>
    said.length > 0 && said.every((each) => each === status);
  return {
    denomination: offer.document.denomination,
    wantedUnits: BigInt(minimumTotalUnits),
    togetherUnits: contracts.reduce(
      (sum, { fold }) => sum + BigInt(fold.state.contract.document.principalUnits),
      0n,
    ),
    contracts,
    status: !funding.required
      ? 'notRequired'
      : said.includes('failed')
        ? 'failed'
        : isAll('reached')
          ? 'reached'
          : 'open',
    deadlineAtSec: funding.deadlineAtSec,
  };
}

/** A bank's notices on funding. */
export class FundingNotices {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Why the bank cannot say now that funding is reached; undefined where it can. */
  refusal(offer: ParsedOffer): Reject | undefined {
    const { clock, catalog } = this.#desk;
    const view = fundingOf(catalog, offer);
    if (!this.#isOwn(offer)) return reject('AUTHOR_ROLE', 'bank');
    if (view.status !== 'open') return reject('STATE_FORBIDS', view.status);
    const { deadlineAtSec = Infinity } = view;
    if (clock.nowSec() > deadlineAtSec) return reject('FUNDING_LATE', String(deadlineAtSec));
    const isEnough = view.contracts.length > 0 && view.togetherUnits >= view.wantedUnits;
    return isEnough ? undefined : reject('STATE_FORBIDS', 'minimumTotalUnits');
  }

  /** The bank says that enough came together, and names the contracts. */
  async reached(offer: ParsedOffer): Promise<Result<string>> {
    const refused = this.refusal(offer);
    if (refused) return refused;
    const { contracts, togetherUnits } = fundingOf(this.#desk.catalog, offer);
    const totalUnits = togetherUnits.toString();
    return this.#publish(offer, contracts, (shared) => ({
      ...shared,
      type: 'fundingReached',
      totalUnits,
    }));
  }

  /** The bank says that it came to nothing: no contract named is paid out any more. */
  async failed(offer: ParsedOffer, statement: string): Promise<Result<string>> {
    const { contracts, status } = fundingOf(this.#desk.catalog, offer);
    if (!this.#isOwn(offer)) return reject('AUTHOR_ROLE', 'bank');
    if (status === 'notRequired' || status === 'failed') return reject('STATE_FORBIDS', status);
    return this.#publish(offer, contracts, (shared) => ({
      ...shared,
      type: 'fundingFailed',
      statement,
    }));
  }

  #isOwn({ event }: ParsedOffer): boolean {
    return event.pubkey === this.#desk.person.publicKey;
  }

  async #publish(
    offer: ParsedOffer,
    contracts: readonly ContractView[],
    write: (shared: Shared) => Parameters<typeof buildNotice>[0],
  ): Promise<Result<string>> {
    const { person, clock, catalog, outbox, relays, directory } = this.#desk;
    const named = contracts.slice(0, MOST_NAMED);
    const heads = named.flatMap(({ root }) => {
      const own = ownContract(this.#desk, root)?.own;
      return own ? ownHeads(this.#desk, root, own) : [];
    });
    const { pubkey, id } = offer.event;
    const address = offerAddress(pubkey, offer.document.identifier);
    const shared: Shared = {
      v: 1,
      offer: { id, address },
      contracts: named.map(({ root }) => root),
      prev: [...new Set(heads)].sort().slice(0, MOST_HEADS),
    };
    const event = await person.sign(buildNotice(write(shared), clock.nowSec()));
    await catalog.add([event], 'this device');
    const urls = named.flatMap(({ fold }) => directory.deliveryUrls(fold.state));
    await outbox.send(event, [...relays.writeUrls, ...offer.document.relays, ...urls]);
    return { ok: true, value: event.id };
  }
}

interface Shared {
  readonly v: 1;
  readonly offer: { readonly id: string; readonly address: string };
  contracts: string[];
  prev: string[];
}

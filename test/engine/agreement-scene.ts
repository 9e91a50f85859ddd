/** Three parties' clients on two relays, an offer and the way to a contract: no wallets. */
import type { ContractState, OfferDocument, ParsedOffer } from '@realyield/protocol';
import { DEFAULT_RULES } from '../../relay-rules/src/decide.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { offerDocument, publicOf } from '../fixtures/loan.ts';
import { Estate, movedClock, type MovedClock } from './estate.ts';
import { must } from '../fixtures/must.ts';
import { until } from './until.ts';

const PRINCIPAL_MSAT = 200_000_000n;

/** Who acts in an agreement. */
export type Actor = 'investor' | 'business' | 'bank';

export { must };

/** Three clients, and what they do together. */
export class AgreementScene {
  readonly estate: Estate;
  readonly urls: readonly string[];
  readonly clock: MovedClock;
  readonly investor: Session;
  readonly business: Session;
  readonly bank: Session;
  #count = 0;

  private constructor(
    parts: Pick<AgreementScene, 'estate' | 'urls' | 'clock' | 'investor' | 'business' | 'bank'>,
  ) {
    this.estate = parts.estate;
    this.urls = parts.urls;
    this.clock = parts.clock;
    this.investor = parts.investor;
    this.business = parts.business;
    this.bank = parts.bank;
  }

  /** Starts two relays and opens the three clients. */
  static async open(): Promise<AgreementScene> {
    const estate = new Estate();
    const url = async () => (await estate.relay({ rules: DEFAULT_RULES })).url;
    const urls = [await url(), await url()];
    const clock = movedClock();
    const [investor, business, bank] = await Promise.all([
      estate.session('investor', urls, clock),
      estate.session('business', urls, clock),
      estate.session('bank', urls, clock),
    ]);
    return new AgreementScene({ estate, urls, clock, investor, business, bank });
  }

  /** Lets the bank publish an offer; resolves when everybody knows it. */
  async offer(changes: Partial<OfferDocument> = {}): Promise<ParsedOffer> {
    this.#count += 1;
    const relays = [...this.urls];
    const { business } = offerDocument();
    const document = offerDocument({
      identifier: `offer-${this.#count}`,
      relays,
      business: { ...business, relays },
      ...changes,
    });
    must(await this.bank.listings.publishOffer(document));
    const address = `32811:${publicOf('bank')}:${document.identifier}`;
    const everybody = [this.investor, this.business, this.bank];
    await until('the offer everywhere', () =>
      everybody.every(({ catalog }) => catalog.offer(address) !== undefined),
    );
    return this.investor.catalog.offer(address) as ParsedOffer;
  }

  /** The investor proposes; resolves when business and bank know, with the contract's id. */
  async propose(offer: ParsedOffer): Promise<string> {
    const root = must(await this.investor.agreements.invest(offer, PRINCIPAL_MSAT));
    await until('the proposal', () =>
      [this.business, this.bank].every((each) => each.ownContract(root) !== undefined),
    );
    return root;
  }

  /** One party signs once it is its turn and nothing stands against it. */
  async sign(actor: Actor, root: string): Promise<void> {
    await until(`${actor}'s turn`, async () => {
      const proposals = await this[actor].agreements.proposals();
      const found = proposals.find(({ contract }) => contract.view.root === root);
      const { signatures } = found?.contract.view.fold.state ?? {};
      const isLast = signatures?.investor !== undefined && signatures.business !== undefined;
      return found !== undefined && !found.problem && (actor !== 'bank' || isLast);
    });
    must(await this[actor].agreements.countersign(root));
  }

  /** A contract all three have signed, from an offer of its own. */
  async agree(changes: Partial<OfferDocument> = {}): Promise<string> {
    const root = await this.propose(await this.offer(changes));
    await this.sign('business', root);
    await this.sign('bank', root);
    await this.everywhere(root, ({ status }) => status === 'effective');
    return root;
  }

  /** Resolves when all three see something in a contract. */
  async everywhere(root: string, look: (state: ContractState) => boolean): Promise<void> {
    await until('all three to see it', () =>
      [this.investor, this.business, this.bank].every((session) => {
        const state = stateOf(session, root);
        return state !== undefined && look(state);
      }),
    );
  }

  /** Resolves when all three have one state hash and nothing was refused; yields it. */
  async oneHash(root: string): Promise<string> {
    return until('one state hash', () => {
      const views = [this.investor, this.business, this.bank].map((session) =>
        session.catalog.contract(root),
      );
      const hashes = new Set(views.map((view) => view?.stateHash));
      const isSound = views.every((view) => view?.fold.rejects.length === 0);
      return isSound && hashes.size === 1 && [...hashes][0];
    });
  }
}

/** A contract as a client sees it. */
export function stateOf(session: Session, root: string): ContractState | undefined {
  return session.catalog.contract(root)?.fold.state;
}

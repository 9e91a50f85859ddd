/** A persona played by a test: the engine as a person's own client runs it, in this process. */
import type { ParsedOffer } from '@realyield/protocol';
import type { Clock } from '../../web/lib/engine/ports.ts';
import { Session } from '../../web/lib/engine/session.ts';
import type { EngineParts } from '../world/engine-parts.ts';
import type { Household } from '../world/household.ts';
import { systemClock } from '../world/system-clock.ts';
import { until } from './until.ts';

/** Options of a player. */
export interface PlayerOptions {
  /** Name of the store: the same name is the same device. */
  readonly device?: string;
  readonly rank?: 'helper' | 'person';
  /** Changes the parts before the engine gets them: faults. */
  readonly alter?: (parts: EngineParts) => EngineParts;
  readonly clock?: Clock;
}

/** One client of one persona. */
export class Player {
  readonly session: Session;
  readonly parts: EngineParts;

  private constructor(parts: EngineParts, rank: 'helper' | 'person', clock: Clock) {
    this.parts = parts;
    const { person, relays, store, verifier } = parts;
    this.session = new Session({
      person,
      relays,
      store,
      verifier,
      clock,
      rank,
      whenAlone: (run) => {
        void run();
        return () => undefined;
      },
    });
  }

  /** Opens a client; resolves when its engine is at work with the persona's wallet. */
  static async open(household: Household, options: PlayerOptions = {}): Promise<Player> {
    const opened = household.openParts(options.device ?? 'player');
    const parts = options.alter?.(opened) ?? opened;
    const player = new Player(parts, options.rank ?? 'person', options.clock ?? systemClock);
    await player.session.start();
    player.session.useWallet(parts.wallet);
    return player;
  }

  /** Closes the client properly. */
  async close(): Promise<void> {
    await this.session.stop();
    this.parts.relays.close();
    await this.parts.store.close();
  }

  /** The offer with an identifier, once it is known here. */
  offer(identifier: string): Promise<ParsedOffer> {
    return until(`offer ${identifier}`, () =>
      this.session.catalog.offers().find((offer) => offer.document.identifier === identifier),
    );
  }

  /** State hash of a contract as this client sees it. */
  stateHash(root: string): string | undefined {
    return this.session.catalog.contract(root)?.stateHash;
  }

  /** Codes this client's activity log has for a contract, oldest first. */
  codes(root?: string): readonly string[] {
    return this.session.activity.lines(root).map((line) => line.code);
  }
}

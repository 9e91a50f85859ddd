/** A relay of the local world that can go down and come back with what it had. */
import type { Rules } from '../../relay-rules/src/decide.ts';
import { startRelay, type RelayHandle } from '../../relay-rules/src/relay/server.ts';

/** What a relay of the world is: its name, its file, the port it would like, its write rules. */
export interface RelayPlan {
  readonly name: string;
  readonly databasePath: string;
  readonly port: number;
  /** Whether others know it by this port: then no other will do. */
  readonly isPortFixed: boolean;
  /** The protocol's write rules; a relay without them carries anything. */
  readonly rules?: Rules;
}

/** A relay under the world's control. */
export class RelayHouse {
  readonly #plan: RelayPlan;
  #port: number;
  #relay: RelayHandle | undefined;
  #switching: Promise<void> = Promise.resolve();

  private constructor(plan: RelayPlan) {
    this.#plan = plan;
    this.#port = plan.port;
  }

  /**
   * Opens a relay on its port; when that is taken: on any free one, or not at all where others
   * know it by this port.
   */
  static async open(plan: RelayPlan): Promise<RelayHouse> {
    const { port, isPortFixed } = plan;
    const house = new RelayHouse(plan);
    try {
      await house.start();
    } catch (error) {
      if (port === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      if (isPortFixed) {
        const known = `Port ${port} is in use, and what was agreed in this world names the relay`;
        const sentence = `${known} there. Stop what uses it, or begin anew with --fresh.`;
        throw new Error(sentence, { cause: error });
      }
      house.#port = 0;
      await house.start();
    }
    return house;
  }

  /** The port it is on, the same after every start. */
  get port(): number {
    return this.#port;
  }

  /** Its address, the same after every start. */
  get url(): string {
    return `ws://127.0.0.1:${this.#port}`;
  }

  /** The relay itself; undefined while it is down. */
  get relay(): RelayHandle | undefined {
    return this.#relay;
  }

  /** Starts it again on its port, with what it had stored. */
  start(): Promise<void> {
    return this.#switch(async () => {
      if (this.#relay) return;
      this.#relay = await startRelay({ ...this.#plan, port: this.#port });
      this.#port = this.#relay.port;
    });
  }

  /** Stops it: clients find the port closed. */
  stop(): Promise<void> {
    return this.#switch(async () => {
      const relay = this.#relay;
      this.#relay = undefined;
      await relay?.stop();
    });
  }

  #switch(act: () => Promise<void>): Promise<void> {
    const done = this.#switching.then(act);
    this.#switching = done.catch(() => undefined);
    return done;
  }
}

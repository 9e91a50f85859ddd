/** A relay of the local world that can go down and come back with what it had. */
import type { Rules } from '../../relay-rules/src/decide.ts';
import { startRelay, type RelayHandle } from '../../relay-rules/src/relay/server.ts';

/** What a relay of the world is: its name, its file, the port it would like, its write rules. */
export interface RelayPlan {
  readonly name: string;
  readonly databasePath: string;
  readonly port: number;
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

  /** Opens a relay on the preferred port, or on any free one when that is taken. */
  static async open(plan: RelayPlan): Promise<RelayHouse> {
    const house = new RelayHouse(plan);
    try {
      await house.start();
    } catch (error) {
      if (plan.port === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      house.#port = 0;
      await house.start();
    }
    return house;
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

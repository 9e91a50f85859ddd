/** A relay of the local world that can go down and come back with what it had. */
import { startRelay, type RelayHandle } from '../../relay-rules/src/relay/server.ts';

/** A relay under the world's control. */
export class RelayHouse {
  readonly #databasePath: string;
  readonly #name: string;
  #port: number;
  #relay: RelayHandle | undefined;
  #switching: Promise<void> = Promise.resolve();

  private constructor(name: string, databasePath: string, port: number) {
    this.#name = name;
    this.#databasePath = databasePath;
    this.#port = port;
  }

  /** Opens a relay on the preferred port, or on any free one when that is taken. */
  static async open(name: string, databasePath: string, port: number): Promise<RelayHouse> {
    const house = new RelayHouse(name, databasePath, port);
    try {
      await house.start();
    } catch (error) {
      if (port === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
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
      const options = { port: this.#port, databasePath: this.#databasePath, name: this.#name };
      this.#relay = await startRelay(options);
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

/** One persona's wallet in the local world: ledger, wallet and service, kept in one folder. */
import { join } from 'node:path';
import { getPublicKey } from 'nostr-tools';
import { loadSecret } from './folder-secrets.ts';
import { toHex } from './ldk.ts';
import type { LightningNode } from './lightning-node.ts';
import type { SendLimits } from './lightning-payments.ts';
import { LightningWallet } from './lightning-wallet.ts';
import { WalletLedger } from './wallet-ledger.ts';
import { WalletService } from './wallet-service.ts';

/** What a persona's wallet is made of. */
export interface WorldWalletOptions {
  readonly name: string;
  /** Must exist; gets `wallet.sqlite` and the keys of service and client. */
  readonly folder: string;
  readonly node: LightningNode;
  readonly relayUrl: string;
  /** What the connection may spend in all, fees included; no limit unless given. */
  readonly budgetMsat: bigint | undefined;
  /** Of every payment it sends; LDK's own unless given. */
  readonly limits?: SendLimits | undefined;
}

interface Running {
  readonly ledger: WalletLedger;
  readonly service: WalletService;
}

/** A persona's wallet with one connection; its keys are those of its folder. */
export class WorldWallet {
  /** Connection address with the client's secret. */
  readonly nwcUri: string;
  readonly node: LightningNode;
  readonly #options: WorldWalletOptions;
  readonly #secretKey: Uint8Array;
  readonly #clientPublicKey: string;
  #running: Running | null = null;

  private constructor(options: WorldWalletOptions) {
    this.#options = options;
    this.node = options.node;
    this.#secretKey = loadSecret(join(options.folder, 'wallet-key'));
    const clientSecret = loadSecret(join(options.folder, 'wallet-client-key'));
    this.#clientPublicKey = getPublicKey(clientSecret);
    const query = new URLSearchParams({ relay: options.relayUrl, secret: toHex(clientSecret) });
    const service = getPublicKey(this.#secretKey);
    this.nwcUri = `nostr+walletconnect://${service}?${query.toString()}`;
  }

  /** Starts a wallet on a running node; resolves when it listens on the relay. */
  static async start(options: WorldWalletOptions): Promise<WorldWallet> {
    const wallet = new WorldWallet(options);
    await wallet.#open();
    return wallet;
  }

  /** Compressed public key of the Lightning node, hex. */
  get nodeId(): string {
    return this.node.nodeId;
  }

  /** The wallet service; another one after `restart`. */
  get wallet(): WalletService {
    return this.#get().service;
  }

  /** The ledger; another one after `restart`. */
  get ledger(): WalletLedger {
    return this.#get().ledger;
  }

  /**
   * Stops service, wallet and ledger, and starts them anew from what is on disk, under the same
   * keys. The node runs on and keeps what happens to payments meanwhile.
   */
  async restart(): Promise<void> {
    await this.stop();
    await this.#open();
  }

  /** Stops service, wallet and ledger; the node runs on. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.service.stop();
    running?.service.wallet.close();
  }

  #get(): Running {
    if (!this.#running) throw new Error(`The wallet of ${this.#options.name} is stopped.`);
    return this.#running;
  }

  async #open(): Promise<void> {
    const { folder, name, relayUrl, budgetMsat, limits } = this.#options;
    const ledger = WalletLedger.open(join(folder, 'wallet.sqlite'));
    const wallet = LightningWallet.open(this.node, ledger, limits);
    const connections = [{ publicKey: this.#clientPublicKey, budgetMsat }];
    const secretKey = this.#secretKey;
    const options = { wallet, relayUrl, secretKey, connections, alias: name };
    this.#running = { ledger, service: await WalletService.start(options) };
  }
}

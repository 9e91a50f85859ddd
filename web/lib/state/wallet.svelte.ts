/** The connected wallet as the pages show it; the connection is kept encrypted to the person. */
import { sentenceFor } from '@realyield/protocol';
import type { WalletView } from '../components/models.ts';
import type { Store } from '../engine/ports.ts';
import type { Session } from '../engine/session.ts';
import { loadPart } from '../loading.ts';

const KEY = 'wallet';
const POLL_MS = 10_000;

/** Methods without which something does not work, and what. */
const NEEDED: Readonly<Record<string, string>> = {
  pay_invoice: 'It cannot pay, so nothing can be streamed from it.',
  make_invoice: 'It cannot ask for money, so nothing can be paid to you.',
  lookup_invoice: 'It cannot look payments up, so an unclear payment stays unclear for longer.',
};

/** The wallet of the connected person. */
export class WalletDesk {
  view = $state.raw<WalletView | undefined>(undefined);
  /** Whether it is known if this device keeps a wallet of the person's. */
  isRead = $state(false);
  busy = $state(false);
  problem = $state<string | undefined>(undefined);
  #session: Session | undefined;
  #store: Store | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Takes up the wallet kept on this device, or the one a persona comes with. */
  async restore(session: Session, store: Store, fallbackUri?: string): Promise<void> {
    this.#session = session;
    this.#store = store;
    try {
      const uri = await this.#kept(session, store);
      if (uri !== undefined) await this.#use(session, uri);
      else if (fallbackUri !== undefined) await this.connect(session, fallbackUri);
    } finally {
      this.isRead = true;
    }
  }

  /** The address that is kept here, where the person's signer opens it. */
  async #kept({ person }: Session, store: Store): Promise<string | undefined> {
    const kept = await store.get('settings', KEY);
    if (typeof kept !== 'string') return undefined;
    return person.decrypt(person.publicKey, kept).catch(() => undefined);
  }

  /** Connects a wallet and keeps it if it answers as one. */
  async connect(session: Session, uri: string): Promise<void> {
    if (!(await this.#use(session, uri, true))) return;
    const ciphertext = await session.person.encrypt(session.person.publicKey, uri);
    await this.#store?.write([{ table: 'settings', key: KEY, value: ciphertext }]);
  }

  /** Disconnects and forgets it. */
  async disconnect(): Promise<void> {
    this.#session?.useWallet(undefined);
    await this.#store?.write([{ table: 'settings', key: KEY, remove: true }]);
    this.#show(undefined);
  }

  /** Stops showing; for when the person changes. */
  clear(): void {
    this.#session = undefined;
    this.#store = undefined;
    this.problem = undefined;
    this.isRead = false;
    this.#show(undefined);
  }

  /** A new one is asked who it is before anything is paid from it. */
  async #use(session: Session, uri: string, isNew = false): Promise<boolean> {
    this.problem = undefined;
    this.busy = true;
    try {
      const { createNwcWallet, parseWalletUri } = await loadPart(() => import('../wallet/nwc.ts'));
      const parsed = parseWalletUri(uri);
      if (!parsed.ok) {
        this.problem = sentenceFor(parsed.code);
        return false;
      }
      const wallet = createNwcWallet(parsed.value);
      this.#show({ alias: 'Wallet', cannot: [], state: 'connecting' });
      const info = isNew ? await wallet.info() : undefined;
      if (info?.state === 'refused' || this.#session !== session) {
        wallet.close();
        if (this.#session === session) this.#show(undefined);
        if (info?.state === 'refused') this.problem = info.sentence;
        return false;
      }
      session.useWallet(wallet);
      await this.refresh();
      this.#timer = setInterval(() => void this.refresh(), POLL_MS);
      return true;
    } finally {
      this.busy = false;
    }
  }

  /** Asks the wallet again what it is and holds. */
  async refresh(): Promise<void> {
    const session = this.#session;
    const wallet = session?.wallet;
    if (!wallet) return;
    const [info, balance, budget] = await Promise.all([
      wallet.info(),
      wallet.balance(),
      wallet.budget(),
    ]);
    if (this.#session !== session) return;
    if (info.state !== 'answered') {
      const before = this.view ?? { alias: 'Wallet', cannot: [] };
      this.view = { ...before, state: 'silent' };
      return;
    }
    const { methods } = info.value;
    const cannot = Object.entries(NEEDED)
      .filter(([method]) => !methods.includes(method))
      .map(([, sentence]) => sentence);
    this.view = {
      alias: info.value.alias || 'Wallet',
      network: info.value.network,
      balanceMsat: balance.state === 'answered' ? balance.value : undefined,
      budget: budget.state === 'answered' ? budget.value : undefined,
      cannot,
      state: 'connected',
    };
  }

  #show(view: WalletView | undefined): void {
    clearInterval(this.#timer);
    this.view = view;
  }
}

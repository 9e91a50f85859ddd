/** Opening a person's signer, and what is shown of it while it is opened and used. */
import { SignerError, type Signer } from '../engine/ports.ts';
import type { Connection, World } from './kept.ts';
import { loadPart } from '../loading.ts';

/** An open signer, and how to open it again. */
export interface SignedIn {
  readonly person: Signer;
  readonly connection: Connection;
}

type BunkerConnection = Connection & { type: 'bunker' };

const STOPPED = new SignerError('DECLINED', 'Connecting was stopped.');

/** Signing in. */
export class SignIn {
  /** A remembered key that waits for its passphrase. */
  locked = $state<string | undefined>(undefined);
  /** Why the last connection did not work, as a sentence. */
  problem = $state<string | undefined>(undefined);
  /** A remembered connection that did not work just now; it can be tried again. */
  waiting = $state.raw<Connection | undefined>(undefined);
  /** Where the owner of a remote signer is to approve; opened by their click only. */
  approvalUrl = $state<string | undefined>(undefined);
  /** While a code waits for its signer: whether any of its relays is reached, once known. */
  isCodeHeard = $state<boolean | undefined>(undefined);
  /** What keeps the connected signer from signing, as a sentence. */
  trouble = $state<string | undefined>(undefined);
  #ending = new AbortController();

  /** Gives up the connection being made. */
  cancel(): void {
    this.#ending.abort();
  }

  /** Opens a signer; rejects with a sentence fit to show. */
  async open(connection: Connection, world?: World, passphrase = ''): Promise<SignedIn> {
    const ending = new AbortController();
    this.#ending = ending;
    const stopped = new Promise<never>((_resolve, reject) => {
      ending.signal.addEventListener('abort', () => {
        reject(STOPPED);
      });
    });
    const opening = this.#open(connection, world, passphrase, ending.signal);
    opening.then(
      ({ person }) => {
        if (ending.signal.aborted) person.close();
      },
      () => undefined,
    );
    try {
      const opened = await Promise.race([opening, stopped]);
      this.trouble = undefined;
      return { ...opened, person: this.#watch(opened.person) };
    } finally {
      this.approvalUrl = undefined;
    }
  }

  async #open(
    connection: Connection,
    world: World | undefined,
    passphrase: string,
    signal: AbortSignal,
  ): Promise<SignedIn> {
    switch (connection.type) {
      case 'persona': {
        const persona = world?.personas.find((entry) => entry.id === connection.id);
        if (!persona) throw new Error('This world has no such person any more.');
        const { createBunkerSigner } = await loadPart(() => import('../signer/bunker-signer.ts'));
        const options = { clientSecretHex: connection.clientSecret };
        return { connection, person: await createBunkerSigner(persona.bunkerUri, options) };
      }
      case 'bunker':
        return this.#openBunker(connection, signal);
      case 'nip07': {
        const { createNip07Signer } = await loadPart(() => import('../signer/nip07-signer.ts'));
        const person = await createNip07Signer();
        const known = connection.publicKey;
        if (known !== undefined && known !== person.publicKey) {
          throw new SignerError(
            'UNSUPPORTED',
            'Your browser signer holds another key now than the one you connected with here. ' +
              'Switch it back, or connect anew to use the other.',
          );
        }
        return { person, connection: { ...connection, publicKey: person.publicKey } };
      }
      case 'ncryptsec': {
        const { unlockNcryptsec } = await loadPart(() => import('../signer/ncryptsec.ts'));
        const { keepKey } = await loadPart(() => import('./kept-keys.ts'));
        const { ncryptsec } = connection;
        const person = await unlockNcryptsec(ncryptsec, passphrase);
        keepKey({ ncryptsec, publicKey: person.publicKey });
        return { connection, person };
      }
    }
  }

  /** Where the signer is: as it said itself, or as whoever reads this client's code answers. */
  async #meet(
    { uri, clientSecret: clientSecretHex }: BunkerConnection,
    signal: AbortSignal,
  ): Promise<{ readonly uri: string; readonly isIntroduced: boolean }> {
    const { awaitSigner, bunkerUri, isSignerCode } = await loadPart(
      () => import('../signer/signer-code.ts'),
    );
    if (!isSignerCode(uri)) return { uri, isIntroduced: false };
    try {
      const onReached = (isReached: boolean): void => {
        this.isCodeHeard = isReached;
      };
      const address = await awaitSigner(uri, { clientSecretHex, signal, onReached });
      return { uri: bunkerUri(address), isIntroduced: true };
    } finally {
      this.isCodeHeard = undefined;
    }
  }

  async #openBunker(connection: BunkerConnection, signal: AbortSignal): Promise<SignedIn> {
    const { createBunkerSigner } = await loadPart(() => import('../signer/bunker-signer.ts'));
    const { clientSecret: clientSecretHex, publicKey } = connection;
    const { uri, isIntroduced } = await this.#meet(connection, signal);
    const person = await createBunkerSigner(uri, {
      clientSecretHex,
      isIntroduced,
      isTried: publicKey === undefined,
      ...(publicKey === undefined ? {} : { knownPublicKey: publicKey }),
      onApprovalUrl: (url) => {
        this.approvalUrl = url;
      },
    });
    // The secret in the address is good once; from now on this client is known.
    const kept = uri.replace(/([?&])secret=[^&]*&?/, '$1').replace(/[?&]$/, '');
    return { person, connection: { ...connection, uri: kept, publicKey: person.publicKey } };
  }

  /** A signer that is switched off or to another key is told of, until it signs again. */
  #watch(signer: Signer): Signer {
    let isClosed = false;
    const told = async <T>(asking: Promise<T>): Promise<T> => {
      try {
        const answer = await asking;
        if (!isClosed && this.trouble !== undefined) this.trouble = undefined;
        this.approvalUrl = undefined;
        return answer;
      } catch (error) {
        const isTrouble = error instanceof SignerError && error.code !== 'DECLINED';
        if (isTrouble && !isClosed) this.trouble = error.message;
        throw error;
      }
    };
    return {
      kind: signer.kind,
      publicKey: signer.publicKey,
      sign: (template) => told(signer.sign(template)),
      encrypt: (peer, text) => told(signer.encrypt(peer, text)),
      decrypt: (peer, text) => told(signer.decrypt(peer, text)),
      close: () => {
        isClosed = true;
        this.trouble = undefined;
        signer.close();
      },
    };
  }
}

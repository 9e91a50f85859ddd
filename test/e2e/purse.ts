/** Moves money between wallets of the world, as a person does with the wallet's own app. */
import { createNwcWallet, parseWalletUri } from '../../web/lib/wallet/nwc.ts';
import { nodeWebSocket } from '../world/node-web-socket.ts';
import { balanceOf } from './ledgers.ts';
import type { WorldProcess } from './world-process.ts';

/** A channel carries no more than this at once, msat. */
const MOST_AT_ONCE_MSAT = 1_000_000_000n;

/** The address of a persona's wallet, as its client gets it. */
export async function walletUri(world: WorldProcess, persona: string): Promise<string> {
  const response = await fetch(`${world.url}/world.json`);
  const { personas } = (await response.json()) as { personas: { id: string; walletUri: string }[] };
  const found = personas.find(({ id }) => id === persona);
  if (!found) throw new Error(`there is no ${persona}`);
  return found.walletUri;
}

/** A persona's wallet, opened beside its client. */
export async function openWallet(world: WorldProcess, persona: string) {
  const connection = parseWalletUri(await walletUri(world, persona));
  if (!connection.ok) throw new Error(connection.code);
  return createNwcWallet(connection.value, { webSocket: nodeWebSocket });
}

/** Sends an amount from one persona's wallet to another's; yields why it was refused, if so. */
export async function send(
  world: WorldProcess,
  from: string,
  to: string,
  amountMsat: bigint,
): Promise<string | undefined> {
  const [payer, payee] = [await openWallet(world, from), await openWallet(world, to)];
  try {
    const order = { amountMsat, description: 'Between friends', expirySec: 600 };
    const made = await payee.makeInvoice(order);
    if (made.state !== 'answered') throw new Error(made.sentence);
    const paid = await payer.pay(made.value.invoice);
    if (paid.state === 'unknown') throw new Error(paid.sentence);
    return paid.state === 'refused' ? paid.sentence : undefined;
  } finally {
    payer.close();
    payee.close();
  }
}

/**
 * Empties a wallet into another until less than an amount is left, and about half of it at least.
 * The stream may spend at the same time: what is refused is tried again with what is left then.
 */
export async function drain(
  world: WorldProcess,
  from: string,
  to: string,
  leftMsat: bigint,
): Promise<void> {
  for (;;) {
    const balanceMsat = await balanceOf(world, from);
    if (balanceMsat < leftMsat) return;
    // The rest of it goes for fees.
    const wantedMsat = [(balanceMsat * 97n) / 100n, balanceMsat - leftMsat / 2n, MOST_AT_ONCE_MSAT];
    await send(
      world,
      from,
      to,
      wantedMsat.reduce((one, other) => (one < other ? one : other)),
    );
  }
}

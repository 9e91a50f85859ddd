/** In a local world only: one of its people buys at the till and pays from their own wallet. */
import type { Wallet } from '../engine/ports.ts';
import type { World } from './kept.ts';

type People = World['personas'];

/** Opens a wallet by its address. */
export type OpenWallet = (uri: string) => Promise<Wallet | undefined>;

/** Who may buy here: investors, the last first. */
function customersAmong(people: People, seller: string | undefined): People {
  return people
    .filter(({ role, publicKey }) => role === 'investor' && publicKey !== seller)
    .reverse();
}

/**
 * Lets one of them pay an invoice. Another is asked only where the one before refused, which
 * means that nothing left; a sentence says what went wrong.
 */
export async function payAsCustomer(
  invoice: string,
  people: People,
  seller: string | undefined,
  openWallet: OpenWallet,
): Promise<string | undefined> {
  let refused = '';
  for (const { name, walletUri } of customersAmong(people, seller)) {
    const wallet = walletUri === undefined ? undefined : await openWallet(walletUri);
    if (!wallet) continue;
    try {
      const answer = await wallet.pay(invoice);
      if (answer.state === 'answered') return undefined;
      if (answer.state === 'unknown')
        return `${name}’s wallet has not answered. If it paid, the till finds it.`;
      refused = ` ${answer.sentence}`;
    } finally {
      wallet.close();
    }
  }
  return `Nobody here could pay it.${refused}`;
}

/** Opens a wallet as the client opens its own. */
export async function openOtherWallet(uri: string): Promise<Wallet | undefined> {
  const { createNwcWallet, parseWalletUri } = await import('../wallet/nwc.ts');
  const parsed = parseWalletUri(uri);
  return parsed.ok ? createNwcWallet(parsed.value) : undefined;
}

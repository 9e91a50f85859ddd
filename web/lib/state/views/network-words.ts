/** What Bitcoin’s networks are called on screen, in a sentence. */
import type { BitcoinNetwork } from '@realyield/protocol';

const WORDS: Readonly<Record<BitcoinNetwork, string>> = {
  mainnet: 'Bitcoin',
  testnet: 'Bitcoin’s test network',
  signet: 'Bitcoin’s signet',
  regtest: 'this world’s chain',
};

/** A network, as people read it. */
export function networkWords(network: BitcoinNetwork): string {
  return WORDS[network];
}

/** Hosts of sources, as they are named to whoever is to let them be asked. */
export function hostsText(urls: readonly string[]): string {
  return urls.map((url) => new URL(url).host).join(' and ');
}

/** All vectors as file texts. Deterministic: keys, times and signatures repeat byte for byte. */
import { keyCases, standingCases, versionCases, withdrawalCases } from './agreements.ts';
import { bondCases } from './bonds.ts';
import { bundleCases } from './bundles.ts';
import { contractCases } from './contracts.ts';
import { disputeCases } from './disputes.ts';
import { documentCases } from './documents.ts';
import { largestCases } from './largest.ts';
import { figureCases } from './figures.ts';
import { forwardingCases } from './forwarding.ts';
import { hashText } from './hash-text.ts';
import { keyFactCases } from './key-facts.ts';
import { lossCases } from './losses.ts';
import { arbiterCases } from './arbiters.ts';
import { attestationCases } from './attestations.ts';
import { listingCases } from './listings.ts';
import { marketCases } from './market.ts';
import { milestoneCases } from './milestones.ts';
import { noticeCases } from './notices.ts';
import { bondAfterCases, paidOutCases } from './paid-out.ts';
import { planCases } from './plans.ts';
import { currencyCases } from './prices.ts';
import { proofCases } from './proofs.ts';
import { agreedCases, offeredCases } from './undertakings.ts';
import { readingCases } from './reading.ts';
import { deliveryCases, messageCases, offerCases } from './talk.ts';
import { tenderCases } from './tenders.ts';
import { tillCases } from './till.ts';
import { shareCases } from './till-share.ts';
import type { Cases } from './vector.ts';

const TOPICS: Readonly<Record<string, () => Cases>> = {
  events: readingCases,
  'key-facts': keyFactCases,
  listings: () => ({
    ...listingCases(),
    ...offeredCases(),
    ...attestationCases(),
    ...arbiterCases(),
  }),
  agreement: () => ({ ...documentCases(), ...agreedCases(), ...largestCases() }),
  offers: offerCases,
  contract: () => ({ ...contractCases(), ...withdrawalCases() }),
  keys: keyCases,
  versions: versionCases,
  milestones: milestoneCases,
  notices: () => ({ ...noticeCases(), ...standingCases() }),
  losses: lossCases,
  payments: proofCases,
  forwarding: forwardingCases,
  prices: currencyCases,
  money: figureCases,
  plans: planCases,
  tenders: tenderCases,
  till: () => ({ ...tillCases(), ...shareCases() }),
  bonds: () => ({ ...bondCases(), ...bondAfterCases() }),
  bundles: bundleCases,
  disputes: () => ({ ...disputeCases(), ...paidOutCases() }),
  figures: marketCases,
  conversation: messageCases,
  delivery: deliveryCases,
};

/** Every file of `specs/vectors` by its path inside it, `SHA256SUMS` included. */
export function generateVectors(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [topic, makeCases] of Object.entries(TOPICS)) {
    for (const [name, vector] of Object.entries(makeCases())) {
      files.set(`${topic}/${name}.json`, `${JSON.stringify(vector, null, 1)}\n`);
    }
  }
  const paths = [...files.keys()].sort();
  const sums = paths.map((path) => `${hashText(files.get(path) ?? '')}  ${path}\n`);
  return files.set('SHA256SUMS', sums.join(''));
}

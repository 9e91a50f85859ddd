/** An investor proposes a contract under a key made for it. Spec: specs/contract.md, "Building". */
import {
  buildContract,
  buildContractEvent,
  buildSignature,
  computeCommitment,
  keyFactsHash,
  ok,
  reject,
  type ParsedOffer,
  type Result,
} from '@realyield/protocol';
import { proposalTerms } from '../bases.ts';
import { currencyProblem } from '../currency-check.ts';
import { embedOwn, type Desk } from '../desk.ts';
import { randomHex } from '../random.ts';
import { keepAndTell } from './letters.ts';

/** What an investor decided and saw before signing. */
export interface InvestOptions {
  /** Relays that must have given the key's backup back. */
  readonly copies?: 1 | 2;
  /** The sheet on screen: its hash and the start it was computed for. */
  readonly seen?: { readonly keyFacts: string; readonly startAtSec: number };
  /** Where the investor says they live, two letters; needed where an offer asks. */
  readonly livesIn?: string | undefined;
  /** Where they are paid on the chain once they have been silent for long. */
  readonly fallbackAddress?: string | undefined;
}

interface Order {
  readonly offer: ParsedOffer;
  readonly principalUnits: bigint;
  readonly startAtSec: number;
  readonly livesIn: string | undefined;
  readonly fallbackAddress: string | undefined;
}

function build(desk: Desk, order: Order, key: { publicKey: string; salt: string }) {
  const { offer, principalUnits, startAtSec, livesIn, fallbackAddress } = order;
  const relays = desk.relays.readUrls.slice(0, 4);
  return buildContract(offer, {
    principalUnits,
    investor: { pubkey: key.publicKey, relays, fallbackAddress },
    commitment: computeCommitment(desk.person.publicKey, key.salt),
    nonce: randomHex(),
    startAtSec,
    livesIn,
    ...proposalTerms(desk, offer, startAtSec),
  });
}

/**
 * Proposes a contract under a fresh key whose backup was read back from two relays first, or
 * from one if the person chose so. Nothing is owed until business and bank have signed too.
 * Terms whose sheet is not the one that was seen are refused as KEY_FACTS_MISMATCH, and an
 * offer that is not made to people where the investor lives as COUNTRY_EXCLUDED.
 */
export async function propose(
  desk: Desk,
  offer: ParsedOffer,
  principalUnits: bigint,
  { copies = 2, seen, livesIn, fallbackAddress }: InvestOptions,
): Promise<Result<string>> {
  // J-6: "…Where the investor lives is asked once and published nowhere."
  if (livesIn === undefined && offer.document.legal.countries.length > 0) {
    return reject('COUNTRY_EXCLUDED', 'nobody said where the investor lives');
  }
  const nowSec = desk.clock.nowSec();
  const relays = desk.relays.readUrls.slice(0, 4);
  // A first build with no key shows contradictions before a key is made.
  const startAtSec = seen?.startAtSec ?? nowSec;
  const order = { offer, principalUnits, startAtSec, livesIn, fallbackAddress };
  const trial = build(desk, order, { publicKey: '0'.repeat(64), salt: '' });
  if (!trial.ok) return trial;
  const { denomination, relays: named } = offer.document;
  const unpayable = await currencyProblem(desk.prices, denomination, named);
  if (unpayable) return unpayable;
  // K-12: "A writer MUST show the sheet… before a party signs, and put the hash of the sheet of
  // the terms it signs into the acceptance as `keyFacts`."
  const keyFacts = keyFactsHash(trial.value);
  if (seen && seen.keyFacts !== keyFacts) return reject('KEY_FACTS_MISMATCH');
  const key = await desk.keyring.create({ use: 'investor', atSec: nowSec, relays, copies });
  const built = build(desk, order, key);
  if (!built.ok) return built;
  const contractEvent = await key.signer.sign(buildContractEvent(built.value, nowSec));
  const root = contractEvent.id;
  const terms = embedOwn(contractEvent);
  const signed = { v: 1, type: 'acceptance', contract: root, role: 'investor' } as const;
  const acceptance = await key.signer.sign(
    buildSignature({ ...signed, terms, keyFacts, prev: [] }, nowSec),
  );
  desk.mailbox.open(key.signer, relays);
  const { business, bank } = built.value.parties;
  const message = { v: 1, type: 'proposal', acceptance: embedOwn(acceptance) } as const;
  const opening = { pubkey: desk.person.publicKey, salt: key.salt };
  const from = key.publicKey;
  await keepAndTell(
    desk,
    root,
    [contractEvent, acceptance],
    [
      // To one's own mail too: until it is signed, nobody else keeps a proposal.
      { message, from, to: key.publicKey, urls: relays },
      { message, from, to: business.pubkey, urls: business.relays },
      // Under the main key, whose seal proves that the opening is its owner's.
      {
        message: { ...message, opening },
        from: desk.person.publicKey,
        to: bank.pubkey,
        urls: bank.relays,
      },
    ],
  );
  return ok(root);
}

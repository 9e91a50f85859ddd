/** What relays are asked for from the start: everybody's listings, pledges and agreements. */
import { Kind, TOPIC } from '@realyield/protocol';
import type { Filter } from './ports.ts';

const { contract, signature, milestone, notice, key, sales, tender, dispute } = Kind;
const AGREEMENTS = [contract, signature, milestone, notice, key, sales, tender, dispute];
const { bankProfile, offer, attestation, bond, arbiterProfile } = Kind;
const LISTINGS = [bankProfile, offer, attestation, bond, arbiterProfile];

/** Listings first: offers can be shown before it is known what is left of them. */
export const PUBLIC_FILTERS: readonly Filter[] = [LISTINGS, AGREEMENTS].map((kinds) => ({
  kinds,
  '#t': [TOPIC],
}));

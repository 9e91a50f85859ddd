/**
 * What a public relay of the local world is sent while loans are agreed, paid and closed: kinds,
 * shares and sizes as counted there (a loan and its preparations are 79 events: 30 gift wraps, 18
 * encrypted backups, 10 receipts, 6 signatures, 6 acknowledgements, 4 offers, 2 contracts, 2
 * notices, 1 profile).
 */
import { readEvent, type SignedEvent } from '@realyield/protocol';
import { initNostrWasm } from 'nostr-wasm';
import { Loan, secretOf, type Part, type Signing } from '../../fixtures/loan.ts';

/** Bytes of content of a gift wrap and of a backup. */
const WRAP_BYTES = 7_000;
const BACKUP_BYTES = 250;
const RECEIPTS = 5;

interface Author {
  readonly signing: Signing;
  /** An event of another kind, with content of about that many bytes. */
  readonly other: (kind: number, bytes: number, serial: number) => SignedEvent;
}

async function createAuthor(): Promise<Author> {
  const nostr = await initNostrWasm();
  const sign: Signing['sign'] = (name, { kind, created_at, tags, content }) => {
    const copied = tags.map((tag) => [...tag]);
    const event = { id: '', pubkey: '', sig: '', kind, created_at, tags: copied, content };
    nostr.finalizeEvent(event, secretOf(name));
    return event;
  };
  const read: Signing['read'] = (event) => {
    const result = readEvent(event, () => true);
    if (!result.ok) throw new Error(result.code);
    return result.value;
  };
  const filling = 'R2lmdCB3cmFwcyBhcmUgYmFzZTY0IG9mIG5vaXNl'.repeat(WRAP_BYTES / 40);
  return {
    signing: { sign, read },
    other: (kind, bytes, serial) =>
      sign('somebody', {
        kind,
        created_at: 1_700_000_000 + serial,
        tags: kind === 1_059 ? [['p', 'ab'.repeat(32)]] : [['d', String(serial)]],
        content: `${serial} ${filling}`.slice(0, bytes),
      }),
  };
}

/** One loan's events of the protocol, in the order they are published. */
function publicEvents(signing: Signing, serial: number): SignedEvent[] {
  const startAtSec = 1_700_000_000 + serial * 1_000;
  const loan = new Loan({ signing, startAtSec, offer: { identifier: `oven-${serial}` } });
  loan.signAll();
  for (let at = 0; at < RECEIPTS; at += 1) {
    const parts: Part[] = [2 * at, 2 * at + 1].map((n) => ({ n, amountUnits: 100_000_000n }));
    const { request } = loan.pay('disbursement', parts, startAtSec + 10 + at);
    if (at % 2 === 0) loan.acknowledge('business', request, [2 * at], startAtSec + 11 + at);
  }
  loan.close(startAtSec + 100);
  return [loan.offer.event, ...loan.events];
}

/** Events of so many loans with everything around them, mixed as they arrive. */
export async function createTraffic(loans: number): Promise<SignedEvent[]> {
  const { signing, other } = await createAuthor();
  return Array.from({ length: loans }).flatMap((_, loan) => {
    const facts = publicEvents(signing, loan);
    const around = Array.from({ length: 24 }, (_none, at) => {
      const serial = loan * 24 + at;
      return at % 8 < 5 ? other(1_059, WRAP_BYTES, serial) : other(30_078, BACKUP_BYTES, serial);
    });
    const mixed: SignedEvent[] = [];
    while (facts.length + around.length > 0) {
      mixed.push(...around.splice(0, 2), ...facts.splice(0, 1));
    }
    return mixed;
  });
}

/**
 * A fault: a payee with the business's own keys that delivers one wrong invoice and is then
 * honest again. The engine has no such fault in it, so this stands in for the business's helper,
 * which must be off meanwhile: it hears the payer's next question for parts and answers it with
 * a request the business signed and an invoice that is not the one. For tests only.
 */
import {
  Kind,
  buildRequest,
  embed,
  formatMessage,
  parseBolt11,
  parseMessage,
  verify,
  type MessageOf,
  type RequestDocument,
} from '@realyield/protocol';
import { Keyring, type HeldKey } from '../../web/lib/engine/keyring.ts';
import type { Wallet } from '../../web/lib/engine/ports.ts';
import { unwrap, wrap } from '../../web/lib/nostr/giftwrap.ts';
import bolt11Vectors from '../../protocol/src/bolt11.vectors.json' with { type: 'json' };
import type { EngineParts } from './engine-parts.ts';
import { systemClock } from './system-clock.ts';

/** What is wrong with the invoice. */
export type Lie = 'amount' | 'hash' | 'network' | 'expired';

/** BOLT 11's own example of an invoice on mainnet. */
const MAINNET_INVOICE = bolt11Vectors.valid[0]?.invoice ?? '';
const GIFT_WRAP_KIND = 1_059;
const INVOICE_SEC = 3_600;
const SHORT_SEC = 2;

interface Question {
  readonly message: MessageOf<'partsWanted'>;
  readonly author: string;
  readonly key: HeldKey;
}

interface Invoice {
  readonly text: string;
  readonly paymentHash: string;
  readonly expiresAtSec: number;
}

async function makeInvoice(wallet: Wallet, amountMsat: bigint, expirySec: number) {
  const order = { amountMsat, description: 'A part', expirySec };
  const answer = await wallet.makeInvoice(order);
  const parsed = answer.state === 'answered' ? parseBolt11(answer.value.invoice) : undefined;
  if (!parsed?.ok) throw new Error('the wallet made no invoice');
  const { paymentRequest, paymentHash, expiresAtSec } = parsed.value;
  return { text: paymentRequest, paymentHash, expiresAtSec } satisfies Invoice;
}

/** Signed for one invoice, delivered with another, as the lie wants it. */
async function invent(wallet: Wallet, lie: Lie, amountMsat: bigint) {
  const expirySec = lie === 'expired' ? SHORT_SEC : INVOICE_SEC;
  const other = lie === 'amount' ? amountMsat + 1_000n : amountMsat;
  const signed = await makeInvoice(wallet, other, expirySec);
  if (lie === 'network') return { signed, delivered: MAINNET_INVOICE };
  if (lie !== 'hash') return { signed, delivered: signed.text };
  return { signed, delivered: (await makeInvoice(wallet, amountMsat, expirySec)).text };
}

async function answerWrongly(parts: EngineParts, lie: Lie, question: Question) {
  const { message, author, key } = question;
  // Before the invoices are made: one that is to run out may have, on a machine that is slow.
  const nowSec = systemClock.nowSec();
  const made = await Promise.all(
    message.units.map((amount) => invent(parts.wallet, lie, BigInt(amount))),
  );
  const expiresAtSec = Math.min(...made.map(({ signed }) => signed.expiresAtSec));
  const document: RequestDocument = {
    v: 1,
    type: 'request',
    contract: message.contract,
    leg: message.leg,
    notBeforeSec: nowSec,
    expiresAtSec,
    n: [...message.n],
    msat: [...message.units],
    paymentHash: made.map(({ signed }) => signed.paymentHash),
    seen: [],
  };
  const request = verify(await key.signer.sign(buildRequest(document, nowSec)));
  if (!request.ok) throw new Error(request.code);
  if (lie === 'expired') {
    await new Promise<void>((resolve) => {
      systemClock.after((expiresAtSec + 1) * 1_000 - systemClock.nowMs(), resolve);
    });
  }
  const content = formatMessage({
    v: 1,
    type: 'requestDelivery',
    contract: message.contract,
    request: embed(request.value),
    invoices: made.map(({ delivered }) => delivered),
  });
  const rumor = { kind: Kind.conversation, created_at: nowSec, tags: [], content };
  await parts.relays.publish((await wrap(rumor, key.signer, author)).wrap);
}

/** The next question for parts that reaches one of the keys from now on. */
function nextQuestion(parts: EngineParts, keys: readonly HeldKey[]): Promise<Question> {
  const sinceSec = systemClock.nowSec();
  return new Promise((resolve) => {
    const stops: (() => void)[] = [];
    const take = async (raw: unknown, key: HeldKey): Promise<void> => {
      const [verified] = await parts.verifier.verifyBatch([raw]);
      const opened = verified?.ok ? await unwrap(verified.value, key.signer) : undefined;
      if (!opened?.ok || opened.value.rumor.created_at < sinceSec) return;
      const message = parseMessage(opened.value.rumor.content);
      if (!message.ok || message.value.type !== 'partsWanted') return;
      for (const stop of stops) stop();
      resolve({ message: message.value, author: opened.value.author, key });
    };
    for (const key of keys) {
      const filter = { kinds: [GIFT_WRAP_KIND], '#p': [key.publicKey] };
      const hear = (raw: unknown): void => void take(raw, key);
      stops.push(parts.relays.subscribe([filter], hear));
    }
  });
}

/** Answers the next question wrongly; resolves when the wrong answer is on its way. */
export async function lieOnce(parts: EngineParts, lie: Lie): Promise<void> {
  const keyring = new Keyring(parts.person, parts);
  await keyring.load();
  const question = await nextQuestion(parts, keyring.keys());
  await answerWrongly(parts, lie, question);
}

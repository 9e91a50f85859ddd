/** Messages between a business's till and the bank that runs it. Spec: specs/till.md. */
import type { Message, MessageOf } from '@realyield/protocol';

const TYPES = ['saleWanted', 'saleInvoice', 'salePaid', 'saleRefusal', 'tillCopy'] as const;

/** One of these messages. */
export type TillTalk = MessageOf<(typeof TYPES)[number]>;

/** Whether a message is one of them. */
export function isTillTalk(message: Message): message is TillTalk {
  return (TYPES as readonly string[]).includes(message.type);
}

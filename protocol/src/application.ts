/**
 * How an application for a loan stands, from the messages about it in any order.
 * Spec: specs/applications.md.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalize } from './canonical.ts';
import type { MessageOf } from './conversation.ts';
import type { ApplicationCase } from './kinds/application-messages.ts';

/** A message about an application that its author cannot deny having sealed. */
export interface ApplicationMessage {
  readonly message:
    | MessageOf<'applicationStep'>
    | MessageOf<'applicationNote'>
    | MessageOf<'applicationWithdrawal'>;
  readonly author: string;
  /** When its author says they wrote it, Unix seconds. */
  readonly sentAtSec: number;
}

/** A question, an answer or a word. */
export interface ApplicationNote {
  readonly note: string;
  readonly author: string;
  readonly answers: string | undefined;
  readonly text: string;
  readonly sentAtSec: number;
}

/** Where an application stands. */
export interface ApplicationState {
  readonly id: string;
  readonly case: ApplicationCase;
  readonly applicant: string;
  readonly status: 'new' | 'inReview' | 'waiting' | 'approved' | 'declined' | 'withdrawn';
  /** The bank's words with its last step; empty where it said none. */
  readonly reason: string;
  /** The number of the bank's last step; 0 before the first. */
  readonly step: number;
  /** The offer that came of it, by its name among the bank's. */
  readonly offer: string | undefined;
  readonly notes: readonly ApplicationNote[];
}

/** The name of an application: SHA-256 of applicant and case, in hex. */
export function applicationId(applicant: string, of: ApplicationCase): string {
  // AP-1: "An application is named by SHA-256 of the canonical JSON of `[applicant, case]`…"
  return bytesToHex(sha256(utf8ToBytes(canonicalize([applicant, of]))));
}

/** The least of several messages that say the same thing twice, so that order decides nothing. */
function textOf({ message, sentAtSec }: ApplicationMessage): string {
  return canonicalize([message, sentAtSec]);
}

function lastStep(
  messages: readonly ApplicationMessage[],
  bank: string,
): MessageOf<'applicationStep'> | undefined {
  let last: MessageOf<'applicationStep'> | undefined;
  for (const { message, author } of messages) {
    // AP-4: "A reader MUST ignore a step that the bank did not seal…"
    if (message.type !== 'applicationStep' || author !== bank) continue;
    // AP-5: "Of the bank's steps the one with the greatest number counts, of several with one
    // number the one whose canonical JSON is greatest…"
    const isLater = !last || message.step > last.step;
    const isRival = last?.step === message.step && canonicalize(message) > canonicalize(last);
    if (isLater || isRival) last = message;
  }
  return last;
}

function notesOf(
  messages: readonly ApplicationMessage[],
  writers: readonly string[],
): ApplicationNote[] {
  const notes = new Map<string, ApplicationMessage>();
  for (const one of messages) {
    // AP-6: "A reader MUST ignore a note that neither the applicant nor the bank sealed…"
    if (one.message.type !== 'applicationNote' || !writers.includes(one.author)) continue;
    const key = `${one.author}|${one.message.note}`;
    const known = notes.get(key);
    if (!known || textOf(one) < textOf(known)) notes.set(key, one);
  }
  const list: ApplicationNote[] = [];
  for (const { message, author, sentAtSec } of notes.values()) {
    if (message.type !== 'applicationNote') continue;
    const { note, answers, text } = message;
    list.push({ note, author, answers, text, sentAtSec });
  }
  const rank = ({ note, author }: ApplicationNote): string => `${note}|${author}`;
  return list.sort((a, b) => a.sentAtSec - b.sentAtSec || (rank(a) < rank(b) ? -1 : 1));
}

/** Where an application stands; the order and repetition of messages change nothing. */
export function foldApplication(
  applicant: string,
  of: ApplicationCase,
  messages: readonly ApplicationMessage[],
): ApplicationState {
  const id = applicationId(applicant, of);
  const about = messages.filter(({ message }) => message.application === id);
  const last = lastStep(about, of.bank);
  // AP-7: "An application is withdrawn once the applicant sealed a withdrawal, whatever the bank
  // said before or after…"
  const isWithdrawn = about.some(
    ({ message, author }) => message.type === 'applicationWithdrawal' && author === applicant,
  );
  return {
    ...{ id, case: of, applicant },
    status: isWithdrawn ? 'withdrawn' : (last?.status ?? 'new'),
    reason: last?.reason ?? '',
    step: last?.step ?? 0,
    offer: last?.offer,
    notes: notesOf(about, [applicant, of.bank]),
  };
}

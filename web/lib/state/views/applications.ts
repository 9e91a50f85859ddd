/** Applications for a loan: the form read, and where each stands in words. */
import { offerAddress, type ApplicationState } from '@realyield/protocol';
import type { ListedFile } from '../../components/documents/models.ts';
import type { StatusView } from '../../components/models.ts';
import type { ApplicationForm, OwnApplication } from '../../engine/applications.ts';
import { cleanLine, hasHidden } from '../../ui/text.ts';
import { takeUpForm } from './kept-form.ts';
import { FieldReader, type Mistakes } from './read-fields.ts';

/** The fields, as typed. */
export interface ApplicationFields {
  name: string;
  purpose: string;
  amount: string;
  months: string;
  businessCase: string;
  useOfFunds: string;
  financialHistory: string;
}

/** The longest texts, in UTF-16 units; all of them together fit one private message. */
export const APPLICATION_LENGTHS = {
  name: 120,
  purpose: 120,
  businessCase: 3_000,
  useOfFunds: 1_500,
  financialHistory: 1_500,
} as const;

/** An empty form. */
export function applicationFields(): ApplicationFields {
  const texts = { name: '', purpose: '', amount: '', months: '' };
  return { ...texts, businessCase: '', useOfFunds: '', financialHistory: '' };
}

/** What was being written, with the files that were named, as far as it makes sense. */
export function keptApplication(kept: unknown): {
  fields: ApplicationFields;
  files: ListedFile[];
} {
  const empty = { fields: applicationFields(), files: [] as ListedFile[] };
  const files: ListedFile = { name: '', sha256: '', sizeBytes: 0 };
  return takeUpForm(empty, kept, { files });
}

type Texts = keyof typeof APPLICATION_LENGTHS;

const SENTENCES: Readonly<Record<Texts, string | undefined>> = {
  name: 'Write the name of the business.',
  purpose: 'Say in a few words what the loan is for.',
  businessCase: 'Say what the business does and why the loan pays for itself.',
  useOfFunds: 'Say what the money is spent on.',
  financialHistory: undefined,
};

const HIDDEN =
  'It holds characters that cannot be seen or that turn the text around. ' +
  'Type it anew without them.';

/** The form as it is sent to a bank, or a sentence for each field that does not fit. */
export function readApplicationFields(
  fields: ApplicationFields,
  bank: string,
  documents: ApplicationForm['documents'],
):
  | { readonly ok: true; readonly form: ApplicationForm }
  | { readonly ok: false; readonly mistakes: Mistakes } {
  const read = new FieldReader();
  const text = (field: Texts): string => {
    const sentence = SENTENCES[field];
    const most = APPLICATION_LENGTHS[field];
    const typed = fields[field].replace(/\r\n?/g, '\n').replace(/\t/g, ' ');
    if (hasHidden(typed.replace(/\n/g, ' '))) read.wrong(field, HIDDEN);
    return read.text(field, typed, sentence === undefined ? { most } : { most, sentence });
  };
  const amount = read.amount('amount', fields.amount, { type: 'msat' }, 'How much is asked for');
  const form: ApplicationForm = {
    bank,
    name: text('name'),
    purpose: text('purpose'),
    amountMsat: amount.toString(),
    months: read.count('months', fields.months, {
      least: 1,
      most: 600,
      sentence: 'Within how many months it is to be repaid, 1 to 600.',
    }),
    businessCase: text('businessCase'),
    useOfFunds: text('useOfFunds'),
    financialHistory: text('financialHistory'),
    documents,
  };
  const { mistakes } = read;
  return mistakes ? { ok: false, mistakes } : { ok: true, form };
}

const STATUS: Readonly<Record<ApplicationState['status'], StatusView>> = {
  new: { text: 'new', tone: 'active' },
  inReview: { text: 'in review', tone: 'active' },
  waiting: { text: 'waits for an answer', tone: 'waiting' },
  approved: { text: 'approved', tone: 'done' },
  declined: { text: 'declined', tone: 'problem' },
  withdrawn: { text: 'withdrawn', tone: 'plain' },
};

/** Where an application stands. */
export function applicationStatus({ status }: Pick<ApplicationState, 'status'>): StatusView {
  return STATUS[status];
}

/** What happens next, to one side or the other. */
export function applicationNext({ status, offer }: ApplicationState, isBank: boolean): string {
  if (status === 'approved' && offer !== undefined) {
    return isBank
      ? 'The offer is published; the business is asked to agree to it.'
      : 'The bank has published the offer. Read it, and agree to it on your desk.';
  }
  const sentences: Readonly<Record<ApplicationState['status'], readonly [string, string]>> = {
    new: [
      'Nobody has told them yet that you read it.',
      'The bank has not said yet that it reads it.',
    ],
    inReview: ['They know that you are looking at it.', 'The bank is looking at it.'],
    waiting: ['You wait for the business.', 'The bank waits for an answer of yours, below.'],
    approved: [
      'Publish the offer; the business is asked to agree to it.',
      'The bank publishes an offer and asks you to agree to it; you find it on your desk.',
    ],
    declined: [
      'Nothing more happens with it.',
      'Nothing more happens with it. You may apply again.',
    ],
    withdrawn: ['The business took it back.', 'You took it back.'],
  };
  return sentences[status][isBank ? 0 : 1];
}

/** Where the offer is that came of an application. */
export function offerOf({ offer, case: of }: ApplicationState): string | undefined {
  return offer === undefined ? undefined : `/offers/${offerAddress(of.bank, offer)}`;
}

/** Whether anything can still be done about it. */
export function isOpen({ status }: Pick<ApplicationState, 'status'>): boolean {
  return status !== 'declined' && status !== 'withdrawn';
}

/** What an offer's form begins with where it answers an application. */
export function offerFieldsOf({ applicant, case: of }: OwnApplication) {
  return {
    title: cleanLine(of.purpose, 80),
    story: of.businessCase,
    purpose: cleanLine(of.useOfFunds, 160),
    businessKey: applicant,
    businessName: cleanLine(of.name, 80),
    amountSought: (BigInt(of.amountMsat) / 1_000n).toString(),
  };
}

/** Those to attend to first: open before settled, then the newest. */
export function byUrgency(list: readonly OwnApplication[]): OwnApplication[] {
  return [...list].sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)) || b.atSec - a.atSec);
}

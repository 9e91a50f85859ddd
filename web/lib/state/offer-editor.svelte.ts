/** The offer being written: kept on this device with every change, and what was thrown away too. */
import type { OwnApplication } from '../engine/applications.ts';
import type { Drafts } from '../engine/drafts.ts';
import { browserClock } from './clock.ts';
import { offerFieldsOf } from './views/applications.ts';
import { emptyOfferForm, keptOfferForm, type OfferForm } from './views/offer-fields.ts';
import type { OfferTemplate } from './views/offer-templates.ts';

const NAME = 'offer';
/** Typing pauses for so long before it is kept, ms. */
const PAUSE_MS = 400;

/** What was in the form before it was begun anew or a usual loan was taken. */
interface Before {
  readonly form: OfferForm;
  readonly by: 'reset' | 'template' | 'application';
  readonly application?: string;
}

interface Kept {
  readonly form: unknown;
  /** The application it answers. */
  readonly application?: string;
  readonly before?: Omit<Before, 'form'> & { readonly form: unknown };
}

/** The editor of one bank's next offer. */
export class OfferEditor {
  form = $state<OfferForm>(emptyOfferForm());
  before = $state.raw<Before | undefined>(undefined);
  /** Whether what is in the form is on this device. */
  keeping = $state<'kept' | 'writing' | 'failed' | undefined>(undefined);
  /** Whether the draft, if any, is in the form. */
  isOpen = $state(false);
  /** The name of the application that the offer answers, if it answers one. */
  application = $state<string | undefined>(undefined);
  #drafts: Drafts | undefined;
  #stopTimer: (() => void) | undefined;
  #written = '';

  /** Takes up what was being written, or begins with what a business applied for. */
  async open(drafts: Drafts, asked: Promise<OwnApplication | undefined>): Promise<void> {
    this.#drafts = drafts;
    const kept = (await drafts.load(NAME).catch(() => undefined)) as Kept | undefined;
    const application = await asked;
    if (kept) {
      this.form = keptOfferForm(kept.form);
      this.application = kept.application;
      const { before } = kept;
      this.before = before && { ...before, form: keptOfferForm(before.form) };
      this.#written = JSON.stringify(this.#snapshot());
      this.keeping = 'kept';
    }
    if (application && application.id !== this.application) {
      if (kept) this.#remember('application');
      this.form = { ...emptyOfferForm(), ...offerFieldsOf(application) };
      this.application = application.id;
    }
    this.isOpen = true;
  }

  /** Keeps what is in the form after a pause; call it whenever the form has changed. */
  keep(): void {
    if (!this.isOpen) return;
    const value = this.#snapshot();
    const text = JSON.stringify(value);
    if (text === this.#written) return;
    this.keeping = 'writing';
    this.#stopTimer?.();
    this.#stopTimer = browserClock.after(PAUSE_MS, () => void this.#write(value, text));
  }

  /** Begins anew; what was there can be brought back. */
  reset(): void {
    this.#remember('reset');
    this.form = emptyOfferForm();
    this.application = undefined;
  }

  /** Takes the terms of a usual loan; those that were there can be brought back. */
  take(template: OfferTemplate, hasMonths: boolean): void {
    this.#remember('template');
    Object.assign(this.form, template.fields(hasMonths));
  }

  /** Brings back what was there before. */
  undo(): void {
    if (!this.before) return;
    this.form = this.before.form;
    this.application = this.before.application;
    this.before = undefined;
  }

  /** It is published: nothing is left to be kept. */
  async done(): Promise<void> {
    this.isOpen = false;
    this.#stopTimer?.();
    await this.#drafts?.clear(NAME);
  }

  /** Leaves the page: what is not kept yet is kept now. */
  leave(): void {
    this.#stopTimer?.();
    if (this.isOpen && this.keeping === 'writing') {
      const value = this.#snapshot();
      void this.#write(value, JSON.stringify(value));
    }
  }

  #remember(by: Before['by']): void {
    const { application } = this;
    const form = $state.snapshot(this.form);
    this.before = { form, by, ...(application === undefined ? {} : { application }) };
  }

  #snapshot(): Kept {
    const form = $state.snapshot(this.form);
    const { application, before } = this;
    return {
      form,
      ...(application === undefined ? {} : { application }),
      ...(before && { before }),
    };
  }

  async #write(value: Kept, text: string): Promise<void> {
    try {
      await this.#drafts?.save(NAME, value);
      this.#written = text;
      this.keeping = 'kept';
    } catch {
      this.keeping = 'failed';
    }
  }
}

/** A form's draft: kept after a pause or on leaving, and gone once the form is sent. */
import { describe, expect, it } from 'vitest';
import type { Drafts } from '../web/lib/engine/drafts.ts';
import { FormDraft } from '../web/lib/state/form-draft.ts';
import { applicationFields, keptApplication } from '../web/lib/state/views/applications.ts';
import { HandClock } from './fixtures/hand-clock.ts';

function desk() {
  const kept = new Map<string, unknown>();
  const clock = new HandClock();
  const drafts: Pick<Drafts, 'load' | 'save' | 'clear'> = {
    load: (name) => Promise.resolve(kept.get(name)),
    save: (name, value) => Promise.resolve(void kept.set(name, value)),
    clear: (name) => Promise.resolve(void kept.delete(name)),
  };
  const open = () => new FormDraft(drafts, 'one', { text: '' }, clock);
  return { kept, clock, open };
}

describe('the draft of a form', () => {
  it('is kept after a pause, and what was typed last is kept on leaving', async () => {
    const { kept, clock, open } = desk();
    const draft = open();
    expect(await draft.load()).toBeUndefined();
    draft.keep({ text: '' });
    clock.pass(1_000);
    expect(kept.size).toBe(0);
    draft.keep({ text: 'a' });
    draft.keep({ text: 'an oven' });
    expect(kept.size).toBe(0);
    clock.pass(1_000);
    expect(kept.get('one')).toEqual({ text: 'an oven' });
    draft.keep({ text: 'an oven for two' });
    await draft.leave();
    expect(await open().load()).toEqual({ text: 'an oven for two' });
  });

  it('is forgotten when the form was sent, whatever the page still does with it', async () => {
    const { kept, clock, open } = desk();
    const draft = open();
    draft.keep({ text: 'an oven' });
    clock.pass(1_000);
    draft.keep({ text: 'a second oven' });
    await draft.done();
    draft.keep({ text: 'a third oven' });
    clock.pass(1_000);
    await draft.leave();
    expect(kept.size).toBe(0);
  });

  it('of an application comes back with its files, and an odd one as far as it makes sense', () => {
    const fields = { ...applicationFields(), purpose: 'An oven' };
    const files = [{ name: 'books.csv', sha256: 'a'.repeat(64), sizeBytes: 29 }];
    expect(keptApplication({ fields, files })).toEqual({ fields, files });
    expect(keptApplication({ fields: { amount: 7, months: '9' }, files: 'none' })).toEqual({
      fields: { ...applicationFields(), months: '9' },
      files: [],
    });
    expect(keptApplication(undefined)).toEqual({ fields: applicationFields(), files: [] });
  });
});

/** Where the keyboard is after what it pressed has gone. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepFocus } from './focus-keeper.ts';

let end: () => void;

beforeEach(() => {
  document.body.innerHTML = `
    <main>
      <h1>A loan</h1>
      <section id="notice"><h2>Your signature is wanted</h2><button>Sign</button></section>
      <section id="money"><h2>Repay</h2><button>Pay</button></section>
    </main>`;
  end = keepFocus();
});

afterEach(() => {
  end();
  document.body.innerHTML = '';
});

const find = (selector: string): HTMLElement => {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`no ${selector}`);
  return found;
};
const focused = (): string => document.activeElement?.textContent ?? '';
/** It looks in a task of its own, after what is done now. */
const settled = async (): Promise<void> => {
  for (let task = 0; task < 3; task += 1) await new Promise((resolve) => setTimeout(resolve));
};

it('goes to the heading of what is left when its whole notice goes', async () => {
  find('#notice button').focus();
  find('#notice').remove();
  await settled();
  expect(focused()).toBe('A loan');
});

it('goes to the section’s own heading when only the button goes', async () => {
  find('#money button').focus();
  find('#money button').remove();
  await settled();
  expect(focused()).toBe('Repay');
});

it('comes back to a button that was closed while it worked', async () => {
  const button = find('#money button') as HTMLButtonElement;
  button.focus();
  button.disabled = true;
  button.blur();
  await settled();
  expect(document.activeElement).toBe(document.body);
  button.disabled = false;
  await settled();
  expect(document.activeElement).toBe(button);
});

it('leaves a dialog’s own way back alone', async () => {
  find('main').insertAdjacentHTML('beforeend', '<dialog><button>Close</button></dialog>');
  const dialog = find('dialog') as HTMLDialogElement;
  const opener = find('#money button');
  // Whoever listens lets observers be told in between.
  document.addEventListener('focusout', () => undefined, { once: true });
  opener.focus();
  dialog.showModal();
  await settled();
  dialog.close();
  await settled();
  expect(document.activeElement).toBe(opener);
});

it('moves nobody who points', async () => {
  const button = find('#notice button');
  button.focus();
  button.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
  find('#notice').remove();
  await settled();
  expect(document.activeElement).toBe(document.body);
});

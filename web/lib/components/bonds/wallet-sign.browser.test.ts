/** A file from a wallet that is no transaction is said to be none, and what was pasted stays. */
import { expect, it, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import '../../../styles/tokens.css';
import '../../../styles/base.css';
import WalletSign from './WalletSign.svelte';

const MAGIC = Uint8Array.from([0x70, 0x73, 0x62, 0x74, 0xff]);

it('takes a transaction as bytes or text, and says of another file what is wrong', async () => {
  const screen = await render(WalletSign, { psbt: 'cHNidP8=', name: 'bond', signed: '' });
  const field = screen.getByLabelText('Signed by your wallet');
  const choose = (file: File): void => {
    const input = screen.container.querySelector<HTMLInputElement>('input[type=file]');
    if (!input) throw new Error('there is no input for files');
    const transfer = new DataTransfer();
    transfer.items.add(file);
    input.files = transfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  };
  const says = (words: string) =>
    expect.element(screen.getByText(words, { exact: false })).toBeVisible();

  choose(new File([MAGIC], 'bond.psbt'));
  await expect.element(field).toHaveValue('cHNidP8=');
  const huge = new File(['x'], 'backup.iso');
  const reading = vi.fn(() => Promise.reject(new Error('it was read')));
  Object.defineProperties(huge, {
    size: { value: 2_147_483_648 },
    arrayBuffer: { value: reading },
  });
  choose(huge);
  await says('too large');
  expect(reading).not.toHaveBeenCalled();
  choose(new File([], 'empty.psbt'));
  await says('There is no signed transaction in this file.');
  choose(new File([Uint8Array.from([0xff, 0xd8, 0xff, 0x00])], 'photo.psbt'));
  await says('There is no signed transaction in this file.');
  await expect.element(field).toHaveValue('cHNidP8=');
  choose(new File(['cHNidP8B\n'], 'bond.txt'));
  await expect.element(field).toHaveValue('cHNidP8B');
  await expect
    .element(screen.getByText('There is no signed', { exact: false }))
    .not.toBeInTheDocument();
});

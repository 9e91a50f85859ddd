/**
 * Documents in a real browser: files are looked at before they are taken, and what a stranger
 * sent is a download or plain text, never a page. requires: T-17
 */
import { describe, expect, it, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import '../../../styles/tokens.css';
import '../../../styles/base.css';
import { downloadName } from '../../files.ts';
import DocumentList from './DocumentList.svelte';
import FilePicker from './FilePicker.svelte';
import type { OpenedView } from './models.ts';

const HOSTILE = 'invoice\u202egpj.exe';
/** SHA-256 of "abc". */
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

function choose(container: Element, files: readonly File[]): void {
  const input = container.querySelector<HTMLInputElement>('input[type=file]');
  if (!input) throw new Error('there is no input for files');
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

describe('FilePicker', () => {
  it('takes good files, and says of each other one what is wrong with it', async () => {
    const onadd = vi.fn(() => undefined);
    const props = { label: 'Files', hint: 'Any.', files: [], onadd, onremove: () => undefined };
    const screen = await render(FilePicker, props);
    const gone = new File(['x'], 'gone.txt');
    Object.assign(gone, { arrayBuffer: () => Promise.reject(new DOMException('moved')) });
    choose(screen.container, [
      new File([], 'empty.pdf'),
      new File(['x'], HOSTILE),
      new File(['x'], 'C:\\windows\\x.txt'),
      new File(['abc'], 'plan.txt'),
      new File([new Uint8Array(300_000)], 'film.mp4'),
    ]);
    await expect.element(screen.getByText('“empty.pdf” is empty.', { exact: false })).toBeVisible();
    await expect.element(screen.getByText('turn the text around', { exact: false })).toBeVisible();
    await expect.element(screen.getByText('looks like a folder', { exact: false })).toBeVisible();
    await expect.poll(() => onadd.mock.calls.length).toBe(2);
    const plan = { name: 'plan.txt', sha256: ABC, sizeBytes: 3 };
    expect(onadd).toHaveBeenCalledWith({ ...plan, bytes: new TextEncoder().encode('abc') });
    // Named by its hash, and not held in memory.
    const large = { name: 'film.mp4', sizeBytes: 300_000, sha256: expect.any(String) as string };
    expect(onadd).toHaveBeenCalledWith(large);
  });
});

describe('DocumentList', () => {
  const view = {
    name: HOSTILE,
    sha256: ABC,
    status: undefined,
    sentence: '',
    progress: undefined,
    acts: ['open'] as const,
  };

  it('shows markup as the text it is, and offers it under a harmless name', async () => {
    const markup = '<script>document.title="taken"</script><b id="bold">hello</b>';
    const opened: OpenedView = { state: 'right', bytes: new TextEncoder().encode(markup) };
    const onopen = vi.fn(() => Promise.resolve(opened));
    const screen = await render(DocumentList, { documents: [view], onopen });
    await expect.element(screen.getByText('hidden characters', { exact: false })).toBeVisible();
    await screen.getByRole('button', { name: 'Open' }).click();
    await expect.element(screen.getByText(markup)).toBeVisible();
    expect(document.getElementById('bold')).toBeNull();
    const save = screen.getByRole('button', { name: 'Save as invoicegpj.exe' });
    await expect.element(save).toBeVisible();
    expect(downloadName('../../etc/pass\u202ewd')).toBe('_.._etc_passwd');
  });

  it('says so when what is here is another file', async () => {
    const onopen = () => Promise.resolve({ state: 'another' } as const);
    const screen = await render(DocumentList, { documents: [view], onopen });
    await screen.getByRole('button', { name: 'Open' }).click();
    await expect.element(screen.getByText('is another file', { exact: false })).toBeVisible();
    expect(screen.container.ownerDocument.querySelector('pre')).toBeNull();
  });

  it('keeps a file of one’s own that this device had lost, and no other one', async () => {
    const onkeep = vi.fn(() => Promise.resolve());
    const lost = { ...view, name: 'plan.txt', acts: [], isLost: true };
    const screen = await render(DocumentList, { documents: [lost], onkeep });
    await expect.element(screen.getByText('Choose the file anew', { exact: false })).toBeVisible();
    choose(screen.container, [new File(['abd'], 'plan.txt')]);
    await expect.element(screen.getByText('is none of these files')).toBeVisible();
    expect(onkeep).not.toHaveBeenCalled();
    choose(screen.container, [new File(['abc'], 'renamed.txt')]);
    await expect.poll(() => onkeep.mock.calls.length).toBe(1);
    const bytes = new TextEncoder().encode('abc');
    expect(onkeep).toHaveBeenCalledWith({ name: 'plan.txt', sha256: ABC, sizeBytes: 3, bytes });
    const others = { documents: [{ ...lost, isLost: false }], onkeep };
    const second = await render(DocumentList, others);
    await expect.element(second.getByText('Were you sent a copy?', { exact: false })).toBeVisible();
  });
});

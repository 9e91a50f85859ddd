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
    Object.assign(gone, {
      stream: () => new ReadableStream({ pull: () => Promise.reject(new DOMException('moved')) }),
    });
    // A browser reads a file when it is asked to: this one must not be.
    const huge = new File(['x'], 'backup.iso');
    const reading = vi.fn(() => Promise.reject(new Error('it was read')));
    Object.defineProperties(huge, {
      size: { value: 2_147_483_648 },
      arrayBuffer: { value: reading },
      stream: { value: reading },
    });
    choose(screen.container, [
      new File([], 'empty.pdf'),
      new File(['x'], HOSTILE),
      new File(['x'], 'C:\\windows\\x.txt'),
      new File(['abc'], 'plan.txt'),
      new File([new Uint8Array(300_000)], 'film.mp4'),
      gone,
      huge,
    ]);
    await expect.element(screen.getByText('could not be read', { exact: false })).toBeVisible();
    await expect.element(screen.getByText('“empty.pdf” is empty.', { exact: false })).toBeVisible();
    await expect.element(screen.getByText('turn the text around', { exact: false })).toBeVisible();
    await expect.element(screen.getByText('looks like a folder', { exact: false })).toBeVisible();
    await expect.poll(() => onadd.mock.calls.length).toBe(2);
    const plan = { name: 'plan.txt', sha256: ABC, sizeBytes: 3 };
    expect(onadd).toHaveBeenCalledWith({ ...plan, bytes: new TextEncoder().encode('abc') });
    const large = { name: 'film.mp4', sizeBytes: 300_000 };
    expect(onadd).toHaveBeenCalledWith(expect.objectContaining(large));
    const tooLarge = screen.getByText('Make it smaller, or split it.', { exact: false });
    await expect.element(tooLarge).toBeVisible();
    expect(reading).not.toHaveBeenCalled();
  });

  it('says that a file is there already, under whatever name, or finds no room', async () => {
    const plan = { name: 'plan.txt', sha256: ABC, sizeBytes: 3 };
    const onadd = vi.fn(() => Promise.reject(new DOMException('', 'QuotaExceededError')));
    const props = { label: 'Files', hint: 'Any.', files: [plan], onadd, onremove: () => undefined };
    const screen = await render(FilePicker, props);
    choose(screen.container, [
      new File(['abc'], 'plan.txt'),
      new File(['abc'], 'copy.txt'),
      new File(['abd'], 'other.txt'),
    ]);
    const says = (words: string) => expect.element(screen.getByText(words)).toBeVisible();
    await says('“plan.txt” is here already.');
    await says('“copy.txt” is the same file as “plan.txt”, which is here already.');
    await says('“other.txt” could not be kept: this device may be full.');
    expect(onadd).toHaveBeenCalledTimes(1);
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
    await expect.element(screen.getByText('“plan.txt” is none of these files.')).toBeVisible();
    expect(onkeep).not.toHaveBeenCalled();
    choose(screen.container, [new File(['abc'], 'renamed.txt')]);
    await expect.poll(() => onkeep.mock.calls.length).toBe(1);
    const bytes = new TextEncoder().encode('abc');
    expect(onkeep).toHaveBeenCalledWith({ name: 'plan.txt', sha256: ABC, sizeBytes: 3, bytes });
    const others = { documents: [{ ...lost, isLost: false }], onkeep };
    const second = await render(DocumentList, others);
    await expect.element(second.getByText('Were you sent a copy?', { exact: false })).toBeVisible();
  });

  it('asks its holder for no copy that was sent', async () => {
    const screen = await render(DocumentList, { documents: [view], isOwn: true });
    await expect
      .element(screen.getByText('Is a file one of these?', { exact: false }))
      .toBeVisible();
    expect(screen.container.textContent).not.toContain('Were you sent a copy?');
  });

  it('compares a large file piece by piece until it is stopped', async () => {
    const screen = await render(DocumentList, { documents: [view] });
    const huge = new File(['x'], 'backup.iso');
    const end = vi.fn();
    const piece = new Uint8Array(65_536);
    let given = 0;
    // Half of it at once, and then it waits as a slow disk does.
    const stream = () =>
      new ReadableStream<Uint8Array>({
        pull: (controller) => {
          if ((given += 1) > 16) return new Promise(() => undefined);
          controller.enqueue(piece);
          return undefined;
        },
        cancel: end,
      });
    Object.defineProperties(huge, {
      size: { value: 32 * piece.length },
      stream: { value: stream },
      arrayBuffer: { value: () => Promise.reject(new Error('it was read whole')) },
    });
    const gone = new File(['x'], 'gone.txt');
    Object.assign(gone, {
      stream: () => new ReadableStream({ pull: () => Promise.reject(new DOMException('moved')) }),
    });
    choose(screen.container, [new File([], 'empty.pdf'), gone, huge]);
    const bar = screen.getByRole('progressbar', { name: 'Comparing the file' });
    await expect.element(bar).toHaveAttribute('aria-valuenow', '50');
    await screen.getByRole('button', { name: 'Stop' }).click();
    await expect.element(bar).not.toBeInTheDocument();
    await expect.poll(() => end.mock.calls.length).toBe(1);
    const says = (words: string) => expect.element(screen.getByText(words)).toBeVisible();
    await says('“empty.pdf” is empty.');
    await says('“gone.txt” could not be read.');
    // It takes the next one.
    choose(screen.container, [new File(['abc'], 'plan.txt')]);
    await says('your copy is this file');
  });
});

/** Claims in a real browser: files are hashed and stay here, strangers' words stay words. */
import { describe, expect, it, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import '../../../styles/tokens.css';
import '../../../styles/base.css';
import ClaimDialog from './ClaimDialog.svelte';
import MilestoneList from './MilestoneList.svelte';
import SignDialog from '../SignDialog.svelte';
import type { MilestoneView } from './models.ts';

const HOSTILE = `\u202e<img src=x onerror="document.title='taken'">${'W'.repeat(400)}`;
/** SHA-256 of "abc". */
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

/** Puts files into an input as a person does. */
function choose(input: HTMLInputElement, files: readonly File[]): void {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

function fileInput(container: Element): HTMLInputElement {
  const input = container.querySelector<HTMLInputElement>('input[type=file]');
  if (!input) throw new Error('there is no input for files');
  return input;
}

const abc = new File(['abc'], 'receipt.pdf');

describe('ClaimDialog', () => {
  it('hashes files, lets them be removed, sends nothing anywhere, and asks for words', async () => {
    const onclaim = vi.fn(() => Promise.resolve(undefined));
    const fetched = vi.spyOn(globalThis, 'fetch');
    const screen = await render(ClaimDialog, { open: true, description: 'A receipt.', onclaim });
    choose(fileInput(screen.container), [abc, new File(['x'], 'other.jpg')]);
    await screen.getByRole('button', { name: 'Remove other.jpg' }).click();
    await screen.getByRole('button', { name: 'Sign and claim' }).click();
    expect(onclaim).not.toHaveBeenCalled();
    await screen.getByLabelText('What was done').fill('It stands.');
    await screen.getByRole('button', { name: 'Sign and claim' }).click();
    const receipt = { name: 'receipt.pdf', sha256: ABC };
    expect(onclaim).toHaveBeenCalledWith('It stands.', [expect.objectContaining(receipt)]);
    expect(fetched).not.toHaveBeenCalled();
    fetched.mockRestore();
  });
});

describe('SignDialog', () => {
  it('stays open with the sentence of what went wrong', async () => {
    const onsign = vi.fn(() => Promise.resolve('This step is not possible.'));
    const screen = await render(SignDialog, {
      open: true,
      title: 'Declare default',
      effects: ['It is final.'],
      act: 'Sign',
      most: 100,
      needs: 'Say why.',
      onsign,
    });
    await screen.getByRole('button', { name: 'Sign' }).click();
    await expect.element(screen.getByText('Say why.')).toBeVisible();
    expect(onsign).not.toHaveBeenCalled();
    await screen.getByLabelText('Statement').fill('Nobody answers.');
    await screen.getByRole('button', { name: 'Sign' }).click();
    await expect.element(screen.getByText('This step is not possible.')).toBeVisible();
  });
});

describe('MilestoneList', () => {
  const milestone: MilestoneView = {
    tranche: 1,
    title: HOSTILE,
    description: HOSTILE,
    denomination: { type: 'msat' },
    amountUnits: 40_000_000n,
    status: { text: 'waits for a decision', tone: 'waiting' },
    sentence: HOSTILE,
    attester: { publicKey: 'ab'.repeat(32), name: HOSTILE },
    claims: [
      {
        id: 'c',
        atSec: 1e9,
        statement: HOSTILE,
        evidence: [{ name: HOSTILE, sha256: ABC }],
        decisions: [{ id: 'd', type: 'refusal', statement: HOSTILE, atSec: 1e9 }],
        isContradicted: false,
      },
    ],
    openClaim: undefined,
    isClaimable: false,
  };

  it('shows strangers’ words as words, and nothing sticks out on a phone', async () => {
    const { container } = await render(MilestoneList, { milestones: [milestone] });
    container.style.width = '20rem';
    expect(container.querySelector('img, a')).toBeNull();
    expect(container.textContent).toContain('<img src=x');
    expect(container.textContent).not.toContain('\u202e');
    const edge = container.getBoundingClientRect().right + 1;
    const out = [...container.querySelectorAll('*')].filter(
      (each) => !each.classList.contains('unseen') && each.getBoundingClientRect().right > edge,
    );
    expect(out.map((each) => each.outerHTML.slice(0, 80))).toEqual([]);
    expect(document.title).not.toBe('taken');
  });

  it('says whether a copy somebody was sent is the file that was named', async () => {
    const screen = await render(MilestoneList, { milestones: [milestone] });
    choose(fileInput(screen.container), [abc]);
    await expect.element(screen.getByText('your copy is this file')).toBeVisible();
    choose(fileInput(screen.container), [new File(['abd'], 'forged.pdf')]);
    await expect.element(screen.getByText('“forged.pdf” is none of these files.')).toBeVisible();
  });
});

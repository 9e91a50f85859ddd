// `realyield verify`: prints what a bundle proves, and by its exit code whether it is whole.
import { buildBundle } from '@realyield/protocol';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Loan } from './fixtures/loan.ts';
import { main } from '../relay-rules/src/realyield.ts';
import { runVerify } from '../relay-rules/src/evidence/command.ts';

let folder = '';
let whole = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'realyield-'));
  const loan = new Loan();
  loan.signAll();
  loan.streamAll();
  const built = buildBundle(loan.root, loan.parsed, loan.startAtSec + 100);
  if (!built.ok) throw new Error(built.code);
  whole = built.value;
});
afterAll(() => rm(folder, { recursive: true }));

async function verify(content: string, ...options: string[]) {
  const path = join(folder, 'bundle.json');
  await writeFile(path, content);
  const lines: string[] = [];
  const code = await runVerify([path, ...options], (line) => lines.push(line));
  return { code, text: lines.join('\n') };
}

it('says of a whole bundle what is proven', async () => {
  const { code, text } = await verify(whole);
  expect(code).toBe(0);
  expect(text).toContain('as it was written, every byte');
  expect(text).toContain('The bank signed the terms');
  const json = await verify(whole, '--json', '--as-of', '2027-06-01T00:00:00Z');
  expect(JSON.parse(json.text)).toMatchObject({ findings: [], claimed: [] });
  expect(json.text).toContain('2027-06-01 00:00:00 UTC');
});

it('names what was changed, and fails', async () => {
  const { code, text } = await verify(whole.replace('"kind":2813', '"kind":2814'));
  expect(code).toBe(1);
  expect(text).toMatch(/line \d+, event [0-9a-f]{64}: .+ EVENT_ID/);
  expect(text).toContain('CHANGED OR DAMAGED');
});

it('says of another file that it is none', async () => {
  for (const content of ['', '{"hello":"world"}\n', '\u0000PNG', '{"a":1}\n'.repeat(100)]) {
    const { code, text } = await verify(content);
    expect(code).toBe(1);
    expect(text).toContain('NOT AN EVIDENCE FILE');
  }
  // Of one that begins or goes on as it was written something is left.
  expect((await verify(whole.slice(0, 300))).text).toContain('CHANGED OR DAMAGED');
  expect((await verify(whole.slice(40))).text).toContain('CHANGED OR DAMAGED');
});

it('says what is wrong with its options', async () => {
  expect(await main(['verify'])).toBe(2);
  expect(await main(['verify', join(folder, 'nothing.json')])).toBe(2);
  expect(await main(['verify', join(folder, 'bundle.json'), '--as-of', 'yesterday'])).toBe(2);
});

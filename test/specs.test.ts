/** Tables and sizes of the specification against the code they describe. */
import { KEY_FACT_SENTENCES, KINDS, REJECT_SENTENCES, TRANSITIONS } from '@realyield/protocol';
import { describe, expect, it } from 'vitest';
import { filesUnder } from './source.ts';

const pages = filesUnder('specs', ['.md']);
const text = (name: string): string => pages.find(({ path }) => path.endsWith(name))?.text ?? '';

/** Rows of all tables of a page, cells without their padding. */
function rowsOf(name: string): string[][] {
  return text(name)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.slice(1, -1).split('|'))
    .map((cells) => cells.map((cell) => cell.trim()));
}

describe('events.md', () => {
  it('lists the reject codes in precedence order, with their sentences', () => {
    const rows = rowsOf('events.md').filter(([code = '']) => /^`[A-Z_]+`$/.test(code));
    const listed = rows.map(([code = '', , sentence = '']) => [code.slice(1, -1), sentence]);
    expect(listed).toEqual(Object.entries(REJECT_SENTENCES));
  });

  it('lists the kinds with their names and sizes', () => {
    const rows = rowsOf('events.md').filter(([kind = '']) => /^\d+$/.test(kind));
    const listed = rows.map(([kind, name, , bytes, where]) => ({
      kind: Number(kind),
      name,
      maxContentBytes: Number(bytes),
      defined: where !== 'reserved',
    }));
    expect(listed).toEqual(
      KINDS.map(({ kind, name, maxContentBytes, defined }) => ({
        kind,
        name,
        maxContentBytes,
        defined,
      })),
    );
  });
});

const ACT = new RegExp(
  '^(acceptance|withdrawal|rotation|takeover|amendment|fundingReached|receipt|received|' +
    'chainReceipt|cash|tender|tenderAnswer|salesReport|' +
    'claim|approval|refusal|arrears|default|acceleration|writeOff|recovery|closure)',
);

describe('contract.md', () => {
  it('has the table of transitions', () => {
    const [head = []] = rowsOf('contract.md').filter(([act]) => act === 'act');
    const statuses = head.slice(2) as (keyof typeof TRANSITIONS)[];
    const rows = rowsOf('contract.md').filter(
      ([act = '', by = '']) => ACT.test(act) && by !== '' && !/`/.test(by),
    );
    const listed = rows
      .filter((row) => row.length === head.length)
      .flatMap(([acts = '', , ...cells]) =>
        acts
          .split(', ')
          .flatMap((act) => cells.map((cell, index) => `${statuses[index] ?? ''} ${act} ${cell}`)),
      )
      .filter((entry) => !entry.endsWith('–'));
    const coded = Object.entries(TRANSITIONS).flatMap(([status, acts]) =>
      Object.entries(acts).map(([act, how]) => `${status} ${act} ${how}`),
    );
    expect(listed.sort()).toEqual(coded.sort());
  });
});

describe('key-facts.md', () => {
  it('has the sentences in their order, each in its list', () => {
    const lists = KEY_FACT_SENTENCES.map(({ id, section }) => [`\`${id}\``, `\`${section}\``]);
    const sections = ['`ifNotPaid`', '`rights`', '`notCovered`'];
    const rows = rowsOf('key-facts.md').filter(([, list = '']) => sections.includes(list));
    expect(rows.map(([id, list]) => [id, list])).toEqual(lists);
  });
});

describe('every page', () => {
  it('has at most 300 lines and says what is not proven', () => {
    const long = pages.filter((page) => page.text.split('\n').length > 300);
    expect(long.map(({ path }) => path)).toEqual([]);
    const silent = pages.filter((page) => !/not prove|Not proven/.test(page.text));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });
});

/** What went wrong in a long dialog. */
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it } from 'vitest';
import Notice from './Notice.svelte';

afterEach(() => {
  document.body.innerHTML = '';
});

function within(tag: 'dialog' | 'main'): HTMLElement {
  const box = document.createElement(tag);
  box.style.cssText = 'display: block; height: 200px; overflow: auto';
  box.innerHTML = '<p style="height: 900px">A long page to read before signing.</p>';
  document.body.append(box);
  return box;
}

it.each([
  { tag: 'dialog', kind: 'problem', isShown: true },
  { tag: 'dialog', kind: 'waiting', isShown: false },
  { tag: 'main', kind: 'problem', isShown: false },
] as const)('a $kind in a $tag is brought into sight: $isShown', ({ tag, kind, isShown }) => {
  const target = within(tag);
  const notice = mount(Notice, { target, props: { kind, title: 'No price could be found.' } });
  flushSync();
  expect(target.scrollTop > 0).toBe(isShown);
  void unmount(notice);
});

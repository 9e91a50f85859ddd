/** Where a form goes on after a try that found something lacking. */
import { createRawSnippet, flushSync, mount, unmount } from 'svelte';
import { expect, it } from 'vitest';
import { focusFirstInvalid } from './first-invalid.ts';
import Group from './Group.svelte';

it('goes to the first field of a group in which something is lacking, before a later field', () => {
  const target = document.createElement('main');
  document.body.append(target);
  const children = createRawSnippet(() => ({
    render: () => '<div><input id="first" /><input id="second" /></div>',
  }));
  const props = { legend: 'What you know it from', error: 'Choose at least one.', children };
  const group = mount(Group, { target, props });
  flushSync();
  target.insertAdjacentHTML('beforeend', '<input id="later" aria-invalid="true" />');
  focusFirstInvalid(target);
  expect(document.activeElement?.id).toBe('first');
  expect(target.querySelector('[role="alert"]')?.textContent).toBe('Choose at least one.');
  void unmount(group);
  target.remove();
});

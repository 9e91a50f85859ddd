/** Which addresses of storage servers are taken. */
import { expect, it } from 'vitest';
import { readServer, serverAddress } from './address.ts';

it('https, and http on this machine, without a path', () => {
  expect(serverAddress('https://Files.Example.org/')).toBe('https://files.example.org');
  expect(serverAddress('http://127.0.0.1:3000')).toBe('http://127.0.0.1:3000');
  expect(serverAddress('http://localhost:3000/')).toBe('http://localhost:3000');
  const others = [
    ...['http://files.example.org', 'https://u:p@files.example.org', 'https://files.example.org/a'],
    ...['https://files.example.org?x', 'javascript:alert(1)', 'files.example.org', ''],
    ...['http://[::1]:3000', 'ftp://127.0.0.1', `https://${'a'.repeat(200)}.org`],
  ];
  for (const url of others) expect(serverAddress(url), url).toBeUndefined();
});

it('a name in letters that look like Latin ones is spelled out', () => {
  expect(serverAddress('https://files.ex\u0430mple.org')).toBe('https://files.xn--exmple-4nf.org');
});

it('what a person types may lack https, and a mistake is said', () => {
  expect(readServer(' files.example.org ')).toEqual({ ok: true, url: 'https://files.example.org' });
  expect(readServer('http://files.example.org').ok).toBe(false);
  expect(readServer(' ').ok).toBe(false);
});

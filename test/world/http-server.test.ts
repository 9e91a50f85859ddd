/** The local world's door: what it serves, and what it refuses. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpServer, type HttpServerHandle } from './http-server.ts';

let folder = '';
let server: HttpServerHandle;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'real-yield-http-'));
  const buildFolder = join(folder, 'build');
  mkdirSync(join(buildFolder, '_app/immutable'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(buildFolder, 'index.html'), '<p>index</p>');
  writeFileSync(join(buildFolder, '200.html'), '<p>client</p>');
  writeFileSync(join(buildFolder, '.sources'), 'stamp');
  writeFileSync(join(buildFolder, '_app/immutable/a.wasm'), 'wasm');
  writeFileSync(join(buildFolder, 'manifest.webmanifest'), '{}');
  server = await startHttpServer({
    port: 0,
    buildFolder,
    world: () => ({ relays: [] }),
    control: async (body) => ({ ok: true, value: body }),
  });
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Status, type and body; the path goes out as it is, dots and all. */
function get(path: string, host = '127.0.0.1'): Promise<[number, string, string]> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(server.url);
    request({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => {
        resolve([response.statusCode ?? 0, response.headers['content-type'] ?? '', body]);
      });
    })
      .on('error', reject)
      .end();
  });
}

describe('the client', () => {
  it('is announced as under construction until it is there', async () => {
    expect(await get('/')).toEqual([503, 'text/plain; charset=utf-8', expect.any(String)]);
    server.serveClient();
    expect(await get('/')).toEqual([200, 'text/html;charset=utf-8', '<p>index</p>']);
  });

  it('has each page at one address, without a slash at its end', async () => {
    const asked = ['/banks/', '/banks/?currency=USD', '//elsewhere.example/'];
    const answers = await Promise.all(
      asked.map((path) => fetch(`${server.url}${path}`, { redirect: 'manual' })),
    );
    expect(answers.map(({ status }) => status)).toEqual([308, 308, 308]);
    expect(answers.map(({ headers }) => headers.get('location'))).toEqual([
      '/banks',
      '/banks?currency=USD',
      '/elsewhere.example',
    ]);
  });

  it('is served with right types, and for every page it routes itself', async () => {
    expect(await get('/_app/immutable/a.wasm')).toEqual([200, 'application/wasm', 'wasm']);
    const [, manifestType] = await get('/manifest.webmanifest');
    expect(manifestType).toBe('application/manifest+json');
    const [status, , body] = await get('/offers/32811:00ff:second-oven');
    expect([status, body]).toEqual([200, '<p>client</p>']);
  });

  it('is nothing outside its folder, and no missing or hidden file', async () => {
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/.sources']) {
      expect(await get(path)).not.toContain('secret');
      expect(await get(path)).not.toContain('stamp');
    }
    expect((await get('/missing.js'))[0]).toBe(404);
    expect((await get('/%zz'))[0]).toBeLessThan(500);
  });
});

describe('the world', () => {
  it('is described afresh each time', async () => {
    const response = await fetch(`${server.url}/world.json`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ relays: [] });
  });

  it('is not described to a page that came by another name', async () => {
    expect((await get('/world.json', 'evil.example'))[0]).toBe(403);
    expect((await get('/world.json', 'localhost:4180'))[0]).toBe(200);
  });

  it('is controlled by JSON posted to it, and by nothing else', async () => {
    const post = (type: string): Promise<Response> =>
      fetch(`${server.url}/control`, {
        method: 'POST',
        body: '{"do":"x"}',
        headers: { 'content-type': type },
      });
    expect(await (await post('application/json')).json()).toEqual({ ok: true, value: { do: 'x' } });
    expect((await post('text/plain')).status).toBe(405);
    expect((await get('/control'))[0]).toBe(405);
  });
});

it('takes another port when the wanted one is taken, and lets go of it', async () => {
  const wanted = Number(new URL(server.url).port);
  const options = { buildFolder: folder, world: () => ({}), control: undefined };
  const other = await startHttpServer({ ...options, port: wanted });
  const port = Number(new URL(other.url).port);
  expect(port).not.toBe(wanted);
  await other.stop();
  const refused = await new Promise<string>((resolve) => {
    connect(port, '127.0.0.1').on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? '');
    });
  });
  expect(refused).toBe('ECONNREFUSED');
});

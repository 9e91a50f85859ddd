/**
 * Makes the client installable and its shell available offline. It caches the program's own
 * files and nothing else: facts live in the local store, which knows how old they are; the local
 * world's `/world.json` and anything live always goes to the network.
 */
/// <reference no-default-lib="true"/>
/// <reference lib="esnext" />
/// <reference lib="webworker" />
/// <reference types="@sveltejs/kit" />

import { build, files, prerendered, version } from '$service-worker';

const worker = globalThis.self as unknown as ServiceWorkerGlobalScope;

const CACHE = `shell-${version}`;
/** The page that draws any address in the browser. */
const FALLBACK = '/200.html';
/** Files that say what is true now: never from a cache. */
const LIVE = new Set(['/world.json']);
const NAVIGATION_WAIT_MS = 4000;

const shell = [...build, ...files.filter((path) => !LIVE.has(path)), ...prerendered];
const known = new Set(shell);

worker.addEventListener('install', (event) => {
  event.waitUntil(fill());
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(dropOldCaches());
});

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { href } = (event.notification.data ?? {}) as { href?: unknown };
  // Only a page of this client: the link is this client's own.
  if (typeof href === 'string' && href.startsWith('/')) {
    event.waitUntil(worker.clients.openWindow(href));
  }
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (LIVE.has(url.pathname)) return;
  if (request.mode === 'navigate') event.respondWith(openPage(request, url.pathname));
  else if (known.has(url.pathname)) event.respondWith(fromCache(request));
});

async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(shell);
  // A host may not serve the fallback under its own name; then only known pages open offline.
  await cache.add(FALLBACK).catch(() => undefined);
  await worker.skipWaiting();
}

async function dropOldCaches(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith('shell-') && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** Files of a version never change under the same name: the cache first. */
async function fromCache(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}

/** A page: the network while it answers soon, else the cached page, else the fallback. */
async function openPage(request: Request, path: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  try {
    return await fetch(request, { signal: AbortSignal.timeout(NAVIGATION_WAIT_MS) });
  } catch (error) {
    const cached = (await cache.match(path)) ?? (await cache.match(FALLBACK));
    if (cached === undefined) throw error;
    return cached;
  }
}

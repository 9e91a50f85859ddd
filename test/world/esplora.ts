/**
 * The local chain in the shape of an Esplora server: what the client asks about bonds, and no more.
 * Source: the interface's description in Blockstream/esplora, API.md.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { readTransaction } from '@realyield/protocol';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RegtestChain } from './chain.ts';
import {
  blockOf,
  blockSummary,
  isSpent,
  outputsAt,
  transactionOf,
  transactionsOf,
  type PlacedTransaction,
} from './chain-queries.ts';

/** A running server. */
export interface EsploraHandle {
  readonly url: string;
  stop(): Promise<void>;
}

const MOST_BODY_BYTES = 400_000;

/** A hash as people read it, turned round. */
const turned = (hex: string): Uint8Array => hexToBytes(hex).reverse();
const shown = (bytes: Uint8Array): string => bytesToHex(bytes.slice().reverse());
const twice = (bytes: Uint8Array): Uint8Array => sha256(sha256(bytes));

/** The hashes beside the way from a transaction to the root of its block, as shown. */
export function merkleBranch(txids: readonly string[], position: number): string[] {
  const branch: string[] = [];
  let row = txids.map(turned);
  for (let place = position; row.length > 1; place = Math.floor(place / 2)) {
    // A last one that stands alone is its own neighbour.
    const at = (index: number): Uint8Array =>
      row[Math.min(index, row.length - 1)] ?? new Uint8Array();
    branch.push(shown(at(place % 2 === 1 ? place - 1 : place + 1)));
    row = Array.from({ length: Math.ceil(row.length / 2) }, (_, pair) =>
      twice(concatBytes(at(2 * pair), at(2 * pair + 1))),
    );
  }
  return branch;
}

/** Serves a chain on loopback, for any page. */
export async function serveEsplora(chain: RegtestChain): Promise<EsploraHandle> {
  const server = createServer((request, response) => {
    answer(chain, request)
      .then(([status, body]) => {
        send(response, status, body);
      })
      .catch(() => {
        send(response, 500, 'That did not work.');
      });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Two servers of one chain, as clients compare what two of them say. */
export async function serveExplorers(
  chain: RegtestChain,
): Promise<{ readonly urls: readonly string[]; stop(): Promise<void> }> {
  const explorers = await Promise.all([serveEsplora(chain), serveEsplora(chain)]);
  return {
    urls: explorers.map(({ url }) => url),
    stop: async () => {
      await Promise.all(explorers.map((explorer) => explorer.stop()));
    },
  };
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'access-control-allow-origin': '*',
    'cache-control': 'no-store',
    'content-type': /^[{[]/.test(body) ? 'application/json' : 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString('latin1');
    if (text.length > MOST_BODY_BYTES) throw new Error('too long');
  }
  return text;
}

type Answer = readonly [status: number, body: string];

const NOTHING: Answer = [404, 'There is no such thing.'];

async function answer(chain: RegtestChain, request: IncomingMessage): Promise<Answer> {
  const [what = '', name = '', more = '', last = ''] = (request.url ?? '/').slice(1).split('/');
  if (request.method === 'POST')
    return what === 'tx' ? take(chain, await bodyOf(request)) : NOTHING;
  // Blocks here have room for everything: the least that nodes pass on is enough.
  if (what === 'fee-estimates') return [200, JSON.stringify({ 1: 1, 6: 1, 144: 1 })];
  if (what === 'blocks') {
    const { height, hash } = chain.tip();
    return [200, more === 'hash' ? shown(hash) : String(height)];
  }
  if (what === 'block-height') {
    const block = await blockOf(chain, Number(name));
    return block ? [200, shown(twice(block.header))] : NOTHING;
  }
  if (what === 'block') return more === '' ? summaryOf(chain, name) : headerOf(chain, name);
  if (what === 'address' && more === 'txs') return paymentsOf(chain, name);
  if (what === 'address') return addressOf(chain, name, more);
  const placed = /^[0-9a-f]{64}$/.test(name) ? await transactionOf(chain, name) : undefined;
  if (what !== 'tx' || !placed) return NOTHING;
  return ofTransaction(chain, name, placed, more, Number(last));
}

async function take(chain: RegtestChain, hex: string): Promise<Answer> {
  try {
    const raw = hexToBytes(hex.trim());
    await chain.broadcast(raw);
    const read = readTransaction(bytesToHex(raw));
    return read.ok ? [200, read.value.txid] : [400, read.code];
  } catch (error) {
    return [400, error instanceof Error ? error.message : 'It was not taken.'];
  }
}

async function addressOf(chain: RegtestChain, address: string, what: string): Promise<Answer> {
  if (what !== 'utxo') return NOTHING;
  try {
    return [200, JSON.stringify(await outputsAt(chain, address))];
  } catch {
    return [400, 'That is no address.'];
  }
}

async function headerOf(chain: RegtestChain, hash: string): Promise<Answer> {
  const block = await blockOf(chain, hash);
  return block ? [200, bytesToHex(block.header)] : NOTHING;
}

async function summaryOf(chain: RegtestChain, hash: string): Promise<Answer> {
  const summary = await blockSummary(chain, hash);
  return summary ? [200, JSON.stringify({ id: hash, ...summary })] : NOTHING;
}

async function paymentsOf(chain: RegtestChain, address: string): Promise<Answer> {
  const payments = (await transactionsOf(chain, address)).flatMap(({ raw, height }) => {
    const read = readTransaction(bytesToHex(raw));
    if (!read.ok) return [];
    const placed = height === undefined ? {} : { block_height: height };
    const vout = read.value.outputs.map(({ scriptPubKey, valueSat }) => {
      return { scriptpubkey: scriptPubKey, value: Number(valueSat) };
    });
    return [
      { txid: read.value.txid, status: { confirmed: height !== undefined, ...placed }, vout },
    ];
  });
  return [200, JSON.stringify(payments)];
}

async function ofTransaction(
  chain: RegtestChain,
  txid: string,
  { height, raw }: PlacedTransaction,
  what: string,
  vout: number,
): Promise<Answer> {
  switch (what) {
    case 'hex':
      return [200, bytesToHex(raw)];
    case 'status':
      return [200, JSON.stringify({ confirmed: height !== undefined })];
    case 'outspend':
      return [200, JSON.stringify({ spent: await isSpent(chain, txid, vout) })];
    case 'merkle-proof': {
      const block = height === undefined ? undefined : await blockOf(chain, height);
      if (!block) return NOTHING;
      const pos = block.txids.indexOf(txid);
      return [
        200,
        JSON.stringify({ block_height: height, merkle: merkleBranch(block.txids, pos), pos }),
      ];
    }
    default:
      return NOTHING;
  }
}

/**
 * Where an agent answers on loopback: `/health` says 200 or 503 with the reasons, `/status` gives
 * the whole report. It can only be read, and only by this machine's own programs.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AgentFault } from './faults.ts';
import { reportSchema, troublesOf, type AgentReport } from './report.ts';

const HOST = '127.0.0.1';
const PATIENCE_MS = 3_000;

/** A running endpoint. */
export interface HealthEndpoint {
  readonly port: number;
  stop(): Promise<void>;
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(`${JSON.stringify(body)}\n`);
}

function respond(request: IncomingMessage, response: ServerResponse, report: AgentReport): void {
  // A page that made its name point here would send that name.
  const host = request.headers.host?.replace(/:\d+$/, '');
  if (host !== HOST && host !== 'localhost') answer(response, 403, { problem: 'not from here' });
  else if (request.method !== 'GET') answer(response, 405, { problem: 'read only' });
  else if (request.url === '/status') answer(response, 200, report);
  else if (request.url === '/health') {
    const troubles = troublesOf(report);
    const isWell = troubles.length === 0;
    answer(response, isWell ? 200 : 503, { ok: isWell, isRunning: report.isRunning, troubles });
  } else answer(response, 404, { problem: 'there are /health and /status' });
}

/** Starts answering; throws AgentFault when the port is taken. */
export async function startHealth(
  port: number,
  report: () => AgentReport,
): Promise<HealthEndpoint> {
  const server: Server = createServer((request, response) => {
    try {
      respond(request, response, report());
    } catch (error) {
      console.error(error);
      answer(response, 500, { problem: 'the report could not be made' });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken' : 'cannot be used';
      reject(new AgentFault([`"healthPort": port ${port} ${why}; 0 takes any that is free.`]));
    });
    server.listen(port, HOST, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Asks a running agent how it stands; undefined when nobody answers there. */
export async function askStatus(port: number): Promise<AgentReport | undefined> {
  try {
    const response = await fetch(`http://${HOST}:${port}/status`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const parsed = reportSchema.safeParse(await response.json());
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

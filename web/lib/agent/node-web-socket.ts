/** Node 20 has no WebSocket of its own; the one of `ws` speaks the same interface. */
import { WebSocket } from 'ws';

/** A WebSocket for clients that run in Node. */
export const nodeWebSocket = WebSocket as unknown as typeof globalThis.WebSocket;

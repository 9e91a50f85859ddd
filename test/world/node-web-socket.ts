/** A WebSocket for clients that run in Node, for worlds and tests. */
export { nodeWebSocket } from '../../web/lib/agent/node-web-socket.ts';

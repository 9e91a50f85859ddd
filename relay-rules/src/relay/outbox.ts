/**
 * The way out to one client: nothing is sent to a closed socket, long answers wait for a slow
 * reader, and one that stops reading is disconnected before it fills the memory.
 */
import { WebSocket } from 'ws';
import { writeMessage, type RelayMessage } from './messages.ts';

/** Bytes in flight beyond which a long answer pauses. */
const HIGH_WATER_BYTES = 1024 * 1024;

/** Sends to one client. */
export interface Outbox {
  /** Sends one message. */
  send(message: RelayMessage): void;
  /** Sends one message that is text already. */
  sendText(text: string): void;
  /** Whether a long answer should wait before its next part. */
  isFull(): boolean;
  /** Sends text and resolves when it has left, or when the socket is gone. */
  sendAndWait(text: string): Promise<void>;
  /** Whether the client is still there. */
  isOpen(): boolean;
}

/** Creates the way out to one socket. */
export function createOutbox(socket: WebSocket, maxBufferedBytes: number): Outbox {
  function isReady(): boolean {
    if (socket.readyState !== WebSocket.OPEN) return false;
    if (socket.bufferedAmount <= maxBufferedBytes) return true;
    socket.terminate();
    return false;
  }
  function sendText(text: string): void {
    if (isReady()) socket.send(text);
  }
  return {
    send: (message) => sendText(writeMessage(message)),
    sendText,
    isFull: () => socket.bufferedAmount > HIGH_WATER_BYTES,
    sendAndWait: (text) =>
      new Promise((resolve) => {
        if (isReady()) socket.send(text, () => resolve());
        else resolve();
      }),
    isOpen: () => socket.readyState === WebSocket.OPEN,
  };
}

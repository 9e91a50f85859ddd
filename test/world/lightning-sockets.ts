/**
 * TCP on the loopback interface for one Lightning node.
 *
 * The package made for this (lightningdevkit-node-net) tells neither which free port it took nor
 * when it has closed, and stops writing for good after the first time a socket's buffer was full.
 */
import {
  createConnection,
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import {
  Option_SocketAddressZ,
  Result_boolPeerHandleErrorZ_OK,
  Result_CVec_u8ZPeerHandleErrorZ_OK,
  SocketDescriptor,
  type PeerManager,
} from 'lightningdevkit';

const HOST = '127.0.0.1';

/** What the node has a say in. */
export interface SocketOrders {
  /** Called after LDK was given data and may have something to do. */
  readonly onTraffic: () => void;
  /** Called from inside LDK: whether anything may leave the node now; `sendOn` follows a no. */
  readonly maySend: () => boolean;
}

/** The sockets of one node: at most one listener, any number of connections. */
export class LightningSockets {
  readonly #peers: PeerManager;
  readonly #orders: SocketOrders;
  /** Kept as long as the node lives: LDK may still call a descriptor after its socket closed. */
  readonly #descriptors: SocketDescriptor[] = [];
  readonly #sockets = new Set<Socket>();
  /** Connections LDK wanted to write to when nothing could be sent. */
  readonly #held = new Map<SocketDescriptor, Socket>();
  #server: Server | null = null;
  #isClosed = false;

  constructor(peers: PeerManager, orders: SocketOrders) {
    this.#peers = peers;
    this.#orders = orders;
  }

  /** Listens on a free port and resolves with it. */
  listen(): Promise<number> {
    const server = createServer((socket) => {
      const descriptor = this.#adopt(socket);
      const none = Option_SocketAddressZ.constructor_none();
      if (!this.#peers.new_inbound_connection(descriptor, none).is_ok()) socket.destroy();
    });
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, HOST, () => resolve((server.address() as AddressInfo).port));
    });
  }

  /** Dials a peer; resolves when TCP stands, before the Lightning handshake. */
  dial(port: number, nodeId: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = createConnection({ host: HOST, port });
      socket.once('error', reject);
      socket.once('connect', () => {
        if (this.#isClosed) {
          socket.destroy();
          return;
        }
        const descriptor = this.#adopt(socket);
        const none = Option_SocketAddressZ.constructor_none();
        const greeting = this.#peers.new_outbound_connection(nodeId, descriptor, none);
        if (greeting instanceof Result_CVec_u8ZPeerHandleErrorZ_OK) socket.write(greeting.res);
        else socket.destroy();
        resolve();
      });
    });
  }

  /** Cuts every connection; the listener goes on. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Sends what was held back; not to be called from inside LDK. */
  sendOn(): void {
    const held = [...this.#held];
    this.#held.clear();
    for (const [descriptor, socket] of held) this.#writeOn(descriptor, socket);
  }

  /** Closes listener and connections; resolves when nothing is left open. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const server = this.#server;
    const closed = server
      ? new Promise<void>((resolve) => server.close(() => resolve()))
      : Promise.resolve();
    this.drop();
    await closed;
  }

  #adopt(socket: Socket): SocketDescriptor {
    const index = BigInt(this.#descriptors.length);
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    const descriptor: SocketDescriptor = SocketDescriptor.new_impl({
      send_data: (data, resumeReading) => {
        if (resumeReading) socket.resume();
        if (data.length === 0 || socket.destroyed || socket.writableNeedDrain) return 0;
        if (!this.#orders.maySend()) {
          this.#held.set(descriptor, socket);
          return 0;
        }
        socket.write(data);
        return data.length;
      },
      disconnect_socket: () => void socket.destroy(),
      eq: (other) => other.hash() === index,
      hash: () => index,
    });
    this.#descriptors.push(descriptor);
    socket.on('drain', () => this.#writeOn(descriptor, socket));
    socket.on('data', (data: Buffer) => {
      if (this.#isClosed) return;
      const read = this.#peers.read_event(descriptor, new Uint8Array(data));
      if (!(read instanceof Result_boolPeerHandleErrorZ_OK)) socket.destroy();
      else if (read.res) socket.pause();
      this.#orders.onTraffic();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#held.delete(descriptor);
      if (!this.#isClosed) this.#peers.socket_disconnected(descriptor);
    });
    return descriptor;
  }

  #writeOn(descriptor: SocketDescriptor, socket: Socket): void {
    if (this.#isClosed || socket.destroyed) return;
    if (!this.#peers.write_buffer_space_avail(descriptor).is_ok()) socket.destroy();
  }
}

/**
 * A street for tests that take long: a world on real Lightning in a process of its own, a lender
 * whose agent pays and a bakery whose agent is paid, and whatever other devices the lender opens.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planTicks, type ContractState } from '@realyield/protocol';
import WebSocket from 'ws';
import { Journal, type JournalEntry } from '../../web/lib/engine/journal.ts';
import { openSqliteStore } from '../../web/lib/store/sqlite.ts';
import { contractFacts } from '../e2e/facts.ts';
import {
  agentStatus,
  startAgentProcess,
  writeAgentConfig,
  type AgentProcess,
} from '../e2e/agent-process.ts';
import { startWorldProcess, type WorldProcess } from '../e2e/world-process.ts';
import { offerShort, type ShortTerms } from '../engine/scene.ts';
import { until } from '../engine/until.ts';
import type { ledgerOf } from '../world/control.ts';
import { loadPersonaKeys } from '../world/personas.ts';
import { openVisitor, type Visitor } from '../world/visitor.ts';
import { buildAgent } from './built-agent.ts';

/** A payment as a wallet has it. */
export type Row = ReturnType<typeof ledgerOf>[number];
/** Who lends, and who is lent to. */
export type Side = 'ben' | 'bakery';

const PATIENCE_MS = 180_000;
const WALLET_REQUEST = 23_194;

/** The world, its two agents, and what was asked of its wallets. */
export class Street {
  readonly world: WorldProcess;
  readonly #folder: string;
  readonly #program: readonly string[];
  readonly #agents = new Map<Side, AgentProcess>();
  readonly #requests: string[] = [];
  #listener: WebSocket | undefined;

  private constructor(world: WorldProcess, folder: string, program: readonly string[]) {
    this.world = world;
    this.#folder = folder;
    this.#program = program;
  }

  /** Builds it; resolves when both agents are at work. */
  static async open(): Promise<Street> {
    const folder = mkdtempSync(join(tmpdir(), 'real-yield-long-'));
    mkdirSync(join(folder, 'client'));
    writeFileSync(join(folder, 'client', '200.html'), '');
    const flags = ['--folder', join(folder, 'world'), '--client', join(folder, 'client')];
    const street = new Street(await startWorldProcess(flags), folder, await buildAgent());
    street.#listen();
    for (const side of ['ben', 'bakery'] as const) {
      await street.world.control({ do: 'helper', persona: side, on: false });
      const secretKey = street.#keyOf(side);
      const walletUri = street.#persona(side).walletUri;
      const settings = { repays: false };
      const owner = { secretKey, walletUri, relays: street.world.relays, settings };
      writeAgentConfig(join(folder, side), owner);
      await street.start(side);
    }
    return street;
  }

  /** Ends everything. */
  async close(): Promise<void> {
    this.#listener?.close();
    for (const agent of this.#agents.values()) await agent.kill();
    await this.world.stop();
    rmSync(this.#folder, { recursive: true });
  }

  /** The configuration of an agent. */
  #configOf(side: Side): string {
    return join(this.#folder, side, 'agent.json');
  }

  /** The exit code of `agent status` of a side. */
  async statusCode(side: Side): Promise<number> {
    return (await agentStatus(this.#configOf(side), ['--json'], this.#program)).code;
  }

  /** What a side's agent has in its journal of a contract's stream, by part. */
  async journal(side: Side, root: string): Promise<readonly JournalEntry[]> {
    const store = openSqliteStore(join(this.#folder, side, 'data', 'store.sqlite'));
    const journal = new Journal(store);
    await journal.load();
    await store.close();
    return journal.entries(root, 'disbursement');
  }

  /** The running agent of a side. */
  agent(side: Side): AgentProcess {
    const agent = this.#agents.get(side);
    if (!agent) throw new Error(`the agent of ${side} is not running`);
    return agent;
  }

  /** Starts an agent. */
  async start(side: Side): Promise<void> {
    this.#agents.set(side, await startAgentProcess(this.#configOf(side), this.#program));
  }

  /** kill -9, and another begins on the same store. */
  async killAndStart(side: Side): Promise<void> {
    await this.agent(side).kill();
    await this.start(side);
  }

  /** Another device of the lender, with nothing but the key. */
  openDevice(): Promise<Visitor> {
    return this.#visit('ben');
  }

  /** The bank offers a loan of the bakery. */
  async offer(terms: ShortTerms): Promise<void> {
    const bank = await this.#visit('bank');
    await offerShort(this.world, bank, terms);
    await bank.close();
  }

  /** A device invests in each of these offers; resolves with the contracts when all have signed. */
  async invest(
    { session }: Visitor,
    identifiers: readonly string[],
    principalMsat: bigint,
  ): Promise<readonly string[]> {
    const roots: string[] = [];
    await until('the device to run', () => session.isRunning, PATIENCE_MS);
    for (const identifier of identifiers) {
      const offer = await until(
        `the offer ${identifier}`,
        () => session.catalog.offers().find(({ document }) => document.identifier === identifier),
        PATIENCE_MS,
      );
      const invested = await session.agreements.invest(offer, principalMsat);
      if (!invested.ok) throw new Error(invested.code);
      roots.push(invested.value);
    }
    await this.#countersign(roots);
    for (const root of roots) {
      const stateOf = () => session.catalog.contract(root)?.fold.state.status;
      await until('three signatures', () => stateOf() === 'effective', PATIENCE_MS);
    }
    return roots;
  }

  /** An agent signs no agreements: the bakery's own client is open for as long as that takes. */
  async #countersign(roots: readonly string[]): Promise<void> {
    const bakery = await this.#visit('bakery');
    const { agreements } = bakery.session;
    for (const root of roots) {
      const isThere = async (): Promise<boolean> => {
        const proposals = await agreements.proposals();
        const found = proposals.find(({ contract }) => contract.view.root === root);
        return found !== undefined && found.problem === undefined;
      };
      await until('a sound proposal', isThere, PATIENCE_MS);
      const signed = await agreements.countersign(root);
      if (!signed.ok) throw new Error(`not signed: ${signed.code}`);
    }
    await bakery.close();
  }

  /** Everything a wallet has settled. */
  async settled(side: Side, direction: Row['direction']): Promise<readonly Row[]> {
    const rows = await this.world.control<Row[]>({ do: 'ledger', persona: side });
    return rows.filter((row) => row.direction === direction && row.state === 'settled');
  }

  /** What a node can send, msat. */
  async balanceMsat(side: Side): Promise<bigint> {
    const answer = await this.world.control<{ balanceMsat: string }>({
      do: 'balance',
      persona: side,
    });
    return BigInt(answer.balanceMsat);
  }

  /** What the files of that name in a folder of this street come to, KiB. */
  filesKiB(folder: string, name: RegExp): number {
    const path = join(this.#folder, folder);
    const files = readdirSync(path, { recursive: true, encoding: 'utf8' });
    const bytes = files.filter((file) => name.test(file)).map((file) => statSync(join(path, file)));
    return Math.round(bytes.reduce((sum, { size }) => sum + size, 0) / 1_024);
  }

  /** Every request that reached the wallets is delivered once more. */
  replayRequests(): void {
    for (const event of this.#requests) this.#listener?.send(`["EVENT",${event}]`);
  }

  /** Whether all ticks are proven and acknowledged on the relays; undefined where none can say. */
  async state(root: string): Promise<ContractState | undefined> {
    const facts = await contractFacts(this.world, root).catch(() => undefined);
    return facts?.fold.state;
  }

  /** Resolves when every tick is proven and acknowledged; rejects with how far it came. */
  async untilStreamed(root: string, patienceMs: number): Promise<ContractState> {
    let counts = '';
    const look = async (): Promise<ContractState | undefined> => {
      const state = await this.state(root);
      if (!state) return undefined;
      const ticks = planTicks(state.contract.document).length;
      const paid = state.payments.filter(({ leg }) => leg === 'disbursement');
      const done = paid.filter((each) => each.class === 'preimage+acknowledgement').length;
      counts = `${paid.length} proven, ${done} acknowledged of ${ticks}`;
      return done === ticks ? state : undefined;
    };
    try {
      return await until('every tick', look, patienceMs);
    } catch {
      throw new Error(`not all paid in time: ${counts}`);
    }
  }

  #keyOf(id: Side | 'bank'): Uint8Array {
    // A signer owns its key and wipes it.
    return loadPersonaKeys(join(this.#folder, 'world', 'data'))(id).secretKey.slice();
  }

  /** Opens a client; its key is in it, so that a busy machine keeps no signer waiting. */
  #visit(id: Side | 'bank'): Promise<Visitor> {
    return openVisitor(this.#persona(id), this.world.relays, this.#keyOf(id));
  }

  #persona(id: string) {
    const found = this.world.personas.find((persona) => persona.id === id);
    if (!found) throw new Error(`nobody is called ${id}`);
    return found;
  }

  /** Takes down what is asked of wallets, as a relay that keeps everything would. */
  #listen(): void {
    const url = new URL(this.#persona('ben').walletUri).searchParams.get('relay') ?? '';
    const socket = new WebSocket(url);
    this.#listener = socket;
    const seen = new Set<string>();
    socket.on('open', () => {
      socket.send(JSON.stringify(['REQ', 'requests', { kinds: [WALLET_REQUEST] }]));
    });
    socket.on('message', (data: Buffer) => {
      const [type, , event] = JSON.parse(data.toString()) as [string, string, { id: string }];
      if (type !== 'EVENT' || seen.has(event.id)) return;
      seen.add(event.id);
      this.#requests.push(JSON.stringify(event));
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#listener === socket) setTimeout(() => this.#listen(), 500).unref();
    });
  }
}

/**
 * `npm start`: builds the client when it must, starts the local world, and says where it is.
 *
 * The last line on a start that worked is `world ready {"url": …}`, for programs. Ctrl-C stops
 * everything; a second one at once.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BUILD_FOLDER, NO_BUILD, ROOT, ensureBuild, type Build } from './build.ts';
import { startWorld, type World } from './world.ts';

const HELP = `npm start -- [options]

A whole local world: a Bitcoin chain, Lightning nodes, wallets, two relays, people and their
helpers, and the client. It lives in .world/ and goes on there when it is started again.

  --fresh        wipe the world that lives there and begin anew
  --folder PATH  let it live in another folder
  --temporary    let it live in a folder of its own that is gone afterwards
  --small        let a new world have four people and four offers, and no past
  --port N       preferred port of the page; unless given, the one it had before, or 4180
  --client PATH  serve the client that was built there, and build nothing
  --no-helpers   nobody acts but you
  --no-open      do not open a browser
  --control      let tests control the world over HTTP (see test/world/control.ts)
  --help         this text
`;

/** However the world hangs, Ctrl-C ends it after this long. */
const STOP_MS = 4_500;

const { values } = parseArgs({
  options: {
    fresh: { type: 'boolean', default: false },
    folder: { type: 'string' },
    small: { type: 'boolean', default: false },
    temporary: { type: 'boolean', default: false },
    port: { type: 'string' },
    client: { type: 'string' },
    helpers: { type: 'boolean', default: true },
    open: { type: 'boolean', default: true },
    control: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

function readPort(): number | undefined {
  if (values.port === undefined) return undefined;
  const port = Number(values.port);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new Error(`"${values.port}" is not a port number.`);
}

/** Opens the page where there is a desktop; never fails, and waits for nothing. */
function openBrowser(url: string): void {
  const isDesktop =
    process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  if (!isDesktop || process.env['CI']) return;
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const [program, args] =
    process.platform === 'win32' ? ['cmd', ['/c', 'start', '', url]] : [command, [url]];
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

const isTemporary = values.temporary && values.folder === undefined;

/** Where the world lives. */
function chooseFolder(): string {
  if (isTemporary) return mkdtempSync(join(tmpdir(), 'real-yield-world-'));
  return resolve(values.folder ?? join(ROOT, '.world'));
}

class Program {
  readonly #folder = chooseFolder();
  #build: Build | undefined;
  #world: World | undefined;
  #isStopping = false;

  async run(): Promise<void> {
    const startedMs = Date.now();
    console.log('Starting the local world: a Bitcoin chain, Lightning nodes, two relays …');
    this.#build = values.client === undefined ? ensureBuild() : NO_BUILD;
    if (this.#build.isNeeded) console.log('Building the client; this takes a while once …');
    const building = this.#build.done.then(() => {
      if (this.#build?.isNeeded) console.log('The client is built.');
    });
    // Both fail on their own; whichever fails first is what is told.
    const httpPort = readPort();
    const starting = startWorld({
      folder: this.#folder,
      ...(httpPort === undefined ? {} : { httpPort }),
      isFresh: values.fresh,
      cast: values.small ? 'small' : 'whole',
      helpers: values.helpers,
      control: values.control,
      // Tests run several worlds side by side and stop relays: nobody may come upon their ports.
      ...(values.control ? { relayPorts: [0, 0] as const } : {}),
      buildFolder: values.client === undefined ? BUILD_FOLDER : resolve(values.client),
      log: (line) => {
        console.log(line);
      },
    });
    starting.then(
      (world) => {
        this.#world = world;
        if (this.#isStopping) void world.stop();
      },
      () => undefined,
    );
    const [world] = await Promise.all([starting, building]);
    world.serveClient();
    const seconds = ((Date.now() - startedMs) / 1_000).toFixed(1);
    console.log(`\nReady after ${seconds} s. Open ${world.url} in a browser. Ctrl-C stops it.`);
    console.log(`world ready ${JSON.stringify({ url: world.url })}`);
    if (values.open) openBrowser(world.url);
  }

  /** Stops everything and ends the process, whatever hangs. */
  async stop(code: number): Promise<void> {
    if (this.#isStopping) this.#leave(code);
    this.#isStopping = true;
    setTimeout(() => {
      this.#leave(code);
    }, STOP_MS).unref();
    this.#build?.stop();
    await this.#world?.stop().catch((error: unknown) => {
      console.error(error);
    });
    this.#leave(code);
  }

  #leave(code: number): never {
    if (isTemporary) rmSync(this.#folder, { recursive: true, force: true });
    process.exit(code);
  }
}

if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const program = new Program();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void program.stop(128 + constants.signals[signal]));
}
try {
  await program.run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await program.stop(1);
}

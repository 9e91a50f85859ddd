/** A plugin as strfry runs it: a child with a pipe in and a pipe out. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A running plugin. */
export interface Plugin {
  /** Sends one line and resolves with the answer, as strfry does: nothing else meanwhile. */
  ask(line: string): Promise<string>;
  /** Sends lines without waiting; resolves when as many answers have come. */
  pipe(lines: readonly string[]): Promise<void>;
  /** Ends the conversation; rejects when the plugin did not end well. */
  stop(): Promise<void>;
}

/** Starts a plugin by its command line. */
export function startPlugin(args: readonly string[]): Plugin {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  let rest = '';
  let waiting = 0;
  let done: (answer: string) => void = () => undefined;
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    rest += text;
    const end = rest.lastIndexOf('\n');
    if (end < 0) return;
    const answers = rest.slice(0, end).split('\n');
    rest = rest.slice(end + 1);
    waiting -= answers.length;
    if (waiting === 0) done(answers.at(-1) ?? '');
  });
  const answered = (count: number): Promise<string> => {
    waiting = count;
    return new Promise((resolve) => {
      done = resolve;
    });
  };
  return {
    ask(line) {
      const answer = answered(1);
      child.stdin.write(line);
      return answer;
    },
    async pipe(lines) {
      const all = answered(lines.length);
      child.stdin.write(lines.join(''));
      await all;
    },
    async stop() {
      const exited = once(child, 'exit');
      child.stdin.end();
      const [code] = (await exited) as [number | null];
      if (code !== 0) throw new Error(`the plugin ended with ${code}`);
    },
  };
}

/** `npm run bench [name]`: one benchmark of test/bench, or all of them one after another. */
import { existsSync, readdirSync } from 'node:fs';
import { ensureInstalled, ROOT } from './install.mjs';
import { isStopping, runMain, runTypeScript } from './steps.mjs';

const FOLDER = 'test/bench';

/** Names of the benchmarks there are. */
function benchmarks() {
  if (!existsSync(`${ROOT}${FOLDER}`)) return [];
  const files = readdirSync(`${ROOT}${FOLDER}`).filter((file) => file.endsWith('.ts'));
  return files.map((file) => file.slice(0, -3)).sort();
}

await runMain(async () => {
  ensureInstalled();
  const [wanted, ...args] = process.argv.slice(2);
  const names = benchmarks();
  if (wanted !== undefined && !names.includes(wanted)) {
    throw new Error(`There is no benchmark "${wanted}"; there are: ${names.join(', ')}.`);
  }
  let worst = 0;
  for (const name of wanted === undefined ? names : [wanted]) {
    if (isStopping()) break;
    console.log(`\n${name}`);
    worst = Math.max(worst, await runTypeScript(`${FOLDER}/${name}.ts`, args));
  }
  return worst;
});

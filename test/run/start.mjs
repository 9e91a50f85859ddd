/** `npm start`: the local world, from nothing installed to the client's address on the screen. */
import { ensureInstalled } from './install.mjs';
import { runMain, runTypeScript } from './steps.mjs';

await runMain(async () => {
  ensureInstalled();
  return runTypeScript('test/world/main.ts', process.argv.slice(2));
});

/**
 * The gate after a build: fails when the landing page imports more JavaScript than its budget
 * allows, and names what weighs most.
 */
import { LANDING_BUDGET_KIB, landingKib, staticScripts } from '../bench/web/static-js.ts';
import { BUILD_FOLDER } from '../world/build.ts';

const kib = landingKib(BUILD_FOLDER);
const said = `The landing page imports ${kib.toFixed(1)} KiB of JavaScript, gzipped`;
if (kib <= LANDING_BUDGET_KIB) {
  console.log(`${said}; ${LANDING_BUDGET_KIB} KiB are allowed.`);
} else {
  const heaviest = staticScripts(BUILD_FOLDER, 'index.html').slice(0, 8);
  const lines = heaviest.map((each) => `  ${(each.gzipBytes / 1_024).toFixed(1)} KiB ${each.path}`);
  console.error(`${said}; ${LANDING_BUDGET_KIB} KiB are allowed. The heaviest:`);
  console.error(lines.join('\n'));
  process.exitCode = 1;
}

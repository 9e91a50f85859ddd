/**
 * `realyield strfry-plugin`: the protocol's write rules as a write-policy plugin of strfry.
 * Spec: specs/relays.md; strfry's docs/plugins.md.
 */
import { parseArgs } from 'node:util';
import { KINDS_POLICIES, VANISH_KIND } from '../carried.ts';
import { UsageError } from '../command.ts';
import { decide, DEFAULT_RULES, type Rules, type VanishContext } from '../decide.ts';
import { createReader } from '../reader.ts';
import type { Decision } from '../reasons.ts';
import { normalizeRelayUrl } from '../vanish.ts';
import { loadVerifier, nodeHash } from '../verifier.ts';
import { answerLine, type Judge } from './answer.ts';
import { serve } from './serve.ts';
import { openVanishList, type VanishList } from './vanish-list.ts';

/** What `--help` prints. */
export const STRFRY_HELP = `Usage: realyield strfry-plugin [options]

Answers strfry's questions, one line each: may this event be stored? In strfry.conf:

  relay { writePolicy { plugin = "node /path/to/relay-rules/bin/realyield.mjs strfry-plugin" } }

Options:
  --kinds protocol|needed|all  kinds carried besides the protocol's own: none, those its
                               clients need (the default), or all
  --max-future-sec N           how far ahead created_at may lie (${DEFAULT_RULES.maxFutureSec})
  --check-signatures           check ids and signatures too; strfry has done so before it asks
  --embedded-signatures        check the signatures of events embedded in others too; without it
                               they are left to the readers, who check every one again
  --vanish-list FILE           keep here which keys have asked to be forgotten (NIP-62), and
                               refuse what they signed before; without it such requests are
                               refused
  --relay-url URL              an address clients know this relay by; may be repeated
  --help                       print this

Exit codes: 0 when the relay closes the conversation, 1 when a file or stream fails, 2 when the
options make no sense. Nothing but answers goes to standard output.
`;

interface Options {
  readonly rules: Rules;
  readonly isSignatureChecked: boolean;
  readonly vanishListPath: string | undefined;
  readonly relayUrls: ReadonlySet<string>;
}

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kinds: { type: 'string', default: DEFAULT_RULES.kinds },
      'max-future-sec': { type: 'string', default: String(DEFAULT_RULES.maxFutureSec) },
      'check-signatures': { type: 'boolean', default: false },
      'embedded-signatures': { type: 'boolean', default: false },
      'vanish-list': { type: 'string' },
      'relay-url': { type: 'string', multiple: true, default: [] },
    },
  });
  const kinds = KINDS_POLICIES.find((policy) => policy === values.kinds);
  if (kinds === undefined) throw new UsageError(`--kinds is one of ${KINDS_POLICIES.join(', ')}`);
  const maxFutureSec = values['max-future-sec'];
  if (!/^[0-9]{1,9}$/.test(maxFutureSec)) {
    throw new UsageError('--max-future-sec is a whole number of seconds');
  }
  const relayUrls = values['relay-url'].map((text) => {
    const url = normalizeRelayUrl(text);
    if (url === null) throw new UsageError(`--relay-url ${text} is no ws:// or wss:// address`);
    return url;
  });
  return {
    rules: {
      kinds,
      maxFutureSec: Number(maxFutureSec),
      checksEmbedded: values['embedded-signatures'],
    },
    isSignatureChecked: !values['check-signatures'],
    vanishListPath: values['vanish-list'],
    relayUrls: new Set(relayUrls),
  };
}

function log(text: string): void {
  process.stderr.write(`realyield: ${text}\n`);
}

/** Bars the key before the request is answered, and says how to delete what is there. */
function recordVanish(event: unknown, list: VanishList): void {
  const { kind, pubkey, created_at } = event as Record<string, unknown>;
  if (kind !== VANISH_KIND || typeof pubkey !== 'string') return;
  list.add(pubkey, Number(created_at));
  const own = JSON.stringify({ authors: [pubkey], until: created_at });
  const wraps = JSON.stringify({ kinds: [1_059], '#p': [pubkey], until: created_at });
  log(`a key asks to vanish: strfry delete --filter='${own}'`);
  log(`a key asks to vanish: strfry delete --filter='${wraps}'`);
}

/** The judge for a set of options; loads the signature verifier. */
async function createJudge(options: Options): Promise<Judge> {
  const { rules, isSignatureChecked, relayUrls, vanishListPath } = options;
  const reader = createReader(await loadVerifier(), nodeHash);
  const list = vanishListPath === undefined ? undefined : openVanishList(vanishListPath);
  const vanish: VanishContext | undefined = list && {
    relayUrls,
    vanishedAtSec: list.vanishedAtSec,
  };
  return (event): Decision => {
    const nowSec = Math.floor(Date.now() / 1000);
    const context = { rules, nowSec, isSignatureChecked, reader };
    const decision = decide(event, vanish ? { ...context, vanish } : context);
    if (decision.accept && list) recordVanish(event, list);
    return decision;
  };
}

/** Runs the plugin until the relay closes the conversation. */
export async function runStrfryPlugin(args: readonly string[]): Promise<void> {
  const judge = await createJudge(readOptions(args));
  serve(0, 1, (line) => answerLine(line, judge));
}

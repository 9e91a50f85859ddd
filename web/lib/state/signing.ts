/** What came of an act that is signed, in a sentence. */
import type { Result } from '@realyield/protocol';
import { refusalInWords } from './refusals-in-words.ts';

/** Runs it; undefined when it worked, otherwise what went wrong. Without an answer nobody is in. */
export async function explainSigning(
  act: () => Promise<Result<unknown> | undefined> | undefined,
): Promise<string | undefined> {
  try {
    const done = await act();
    if (!done) return 'Connect first.';
    return done.ok ? undefined : refusalInWords(done);
  } catch (error) {
    return error instanceof Error ? error.message : 'That did not work.';
  }
}

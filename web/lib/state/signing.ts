/** What came of an act that is signed, in a sentence. */
import { sentenceFor, type Result } from '@realyield/protocol';

/** Runs it; undefined when it worked, otherwise what went wrong. Without an answer nobody is in. */
export async function explainSigning(
  act: () => Promise<Result<unknown> | undefined> | undefined,
): Promise<string | undefined> {
  try {
    const done = await act();
    if (!done) return 'Connect first.';
    return done.ok ? undefined : sentenceFor(done.code);
  } catch (error) {
    return error instanceof Error ? error.message : 'That did not work.';
  }
}

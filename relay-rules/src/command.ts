/** What the subcommands of `realyield` share. */

/** The options make no sense: exit code 2, and a hint at `--help`. */
export class UsageError extends Error {}

/** Whether an error is about the options, as `parseArgs` throws them too. */
export function isUsageError(error: unknown): boolean {
  if (error instanceof UsageError) return true;
  const code = error instanceof TypeError && 'code' in error ? String(error.code) : '';
  return code.startsWith('ERR_PARSE_ARGS');
}

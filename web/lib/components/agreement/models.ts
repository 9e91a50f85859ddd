/** View models of agreements: what changes, in words. */

/** One line that differs between two sets of terms. */
export interface TermChange {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

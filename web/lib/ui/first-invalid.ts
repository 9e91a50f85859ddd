/** Where a form goes on after a try that found something lacking. */

/** A field marked invalid, or the first one of a group in which something is lacking. */
const INVALID = '[aria-invalid="true"], [data-lacking] :is(input, select, textarea)';

/** Takes the reader to the first field that has to be looked at, which may be out of sight. */
export function focusFirstInvalid(within: ParentNode | undefined): void {
  within?.querySelector<HTMLElement>(INVALID)?.focus();
}

/** Where a form goes on after a try that found something lacking. */

/** Takes the reader to the first field marked invalid, which may be out of sight. */
export function focusFirstInvalid(within: ParentNode | undefined): void {
  within?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}

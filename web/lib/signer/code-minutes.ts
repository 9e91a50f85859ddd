/** How long a code for a remote signer is good, in minutes. */
export const CODE_MINUTES = 5;

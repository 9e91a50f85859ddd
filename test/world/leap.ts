/**
 * Time of a whole process, set ahead: between two clicks of a test weeks pass for relays, chain,
 * wallets, signers and helpers. Timers go on as they were; nothing in between happens.
 */
const wallNowMs = Date.now.bind(Date);
let aheadMs = 0;

/** Sets this process's time ahead by so many seconds, on top of what it is ahead already. */
export function leapAhead(seconds: number): void {
  aheadMs += seconds * 1_000;
  Date.now = () => wallNowMs() + aheadMs;
}

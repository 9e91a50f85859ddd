/** The machine's clock and timers, for worlds and tests. */
export { systemClock } from '../../web/lib/agent/system-clock.ts';

/**
 * Loaded before a program that a script starts: when that script is gone, even killed, the
 * channel to it closes, and the program is asked to stop instead of staying behind.
 */
import process from 'node:process';

process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();

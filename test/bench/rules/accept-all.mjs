/**
 * The plugin to be measured against: the form strfry's documentation gives, accepting everything.
 */
import process from 'node:process';
import { createInterface } from 'node:readline';

const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: false });
lines.on('line', (line) => {
  const { event } = JSON.parse(line);
  console.log(JSON.stringify({ id: event.id, action: 'accept' }));
});

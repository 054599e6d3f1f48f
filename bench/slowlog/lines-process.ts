// The floor: a file's lines decoded, and nothing done with them. `node lines-process.js FILE`. Prints seconds.
import fs from 'node:fs';
import readline from 'node:readline';

const startedAt = performance.now();
let characters = 0;
const lines = readline.createInterface({ input: fs.createReadStream(process.argv[2] ?? ''), crlfDelay: Infinity });
lines.on('line', (line) => (characters += line.length));
lines.on('close', () => {
  console.log(JSON.stringify({ wallSeconds: (performance.now() - startedAt) / 1000, characters }));
});

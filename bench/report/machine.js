/** What the figures were measured on. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { mebibytes } from './figures.js';

/** `[what, value]` pairs: processor, memory, Node, date, the packages in their installed versions. */
export function machine() {
  const [{ model }] = cpus();
  const own = readPackage(createRequire(import.meta.url).resolve('oauth2-backend/package.json'));
  const { dependencies } = readPackage(join(import.meta.dirname, '../package.json'));
  assertSameClients(own.dependencies, dependencies);
  return [
    ['processor', `${cpus().length} × ${model.trim()}`],
    ['memory', mebibytes(totalmem())],
    ['Node.js', `${process.version}, ${process.platform} ${process.arch}`],
    ['date', new Date().toISOString().slice(0, 10)],
    ['oauth2-backend', own.version],
    ...Object.entries(dependencies),
  ];
}

function readPackage(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** A bare client of another version would be another client. */
function assertSameClients(own, measured) {
  for (const name of ['got', 'undici']) {
    if (own[name] !== measured[name]) throw new Error(`${name} is ${own[name]} in core and ${measured[name]} in bench`);
  }
}

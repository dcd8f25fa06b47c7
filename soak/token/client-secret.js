/** The secret of all clients: a file, replaced as a mounted secret is. The token endpoint takes only the newest. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Writes the first one. `file` is where clients read it; `is(text)` says whether a text is the newest. */
export async function clientSecret() {
  const folder = await mkdtemp(join(tmpdir(), 'soak-'));
  const file = join(folder, 'client-secret');
  let newest;
  await replace();
  return { file, is: (text) => text === newest, replace, remove: () => rm(folder, { recursive: true }) };

  async function replace() {
    const next = randomBytes(16).toString('hex');
    await writeFile(`${file}.next`, next);
    // Before the file has its name: who reads the old one is refused from here on.
    newest = next;
    await rename(`${file}.next`, file);
  }
}

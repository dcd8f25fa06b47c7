import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { definitionsSchema } from '../schema/definitions-schema.js';

const file = join(import.meta.dirname, '../../packages/oauth2-backend/schema.json');

it('schema.json is made of the docstrings and tables of today', async () => {
  const wanted = `${JSON.stringify(definitionsSchema(), null, 2)}\n`;
  if (process.env['UPDATE_README'] === '1') await writeFile(file, wanted);
  else expect(await readFile(file, 'utf8')).toBe(wanted);
});

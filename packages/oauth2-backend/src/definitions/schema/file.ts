/** Files that hold what should not stand in a configuration. No message repeats a path, which may be a misplaced secret. */

import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Place } from './place.js';
import { readText } from './values.js';

const MOST = 1024 * 1024;

/** Reads the path of a file; a relative one starts at the working directory of now. */
export function readPath(value: unknown, place: Place): string | undefined {
  const path = readText(value, place);
  return path === undefined ? undefined : resolve(path);
}

/** Gives what stands in the file now, as text; refuses one that is not there, cannot be read or has nothing in it. */
export function contentOf(file: string, place: Place): string | undefined {
  let content: string;
  try {
    const stats = statSync(file);
    // A device or a pipe may never end.
    if (!stats.isFile()) return place.refuse('names something that is no file');
    if (stats.size > MOST) return place.refuse('names a file of more than 1 MiB');
    content = readFileSync(file, 'utf8');
  } catch (error) {
    return place.refuse(`names a file that ${failure(error)}`);
  }
  return content.trim() === '' ? place.refuse('names a file that is empty') : content;
}

function failure(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown reason';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist, seen from the working directory';
  return `cannot be read (${code})`;
}

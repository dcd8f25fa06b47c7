import type { Mask } from './mask.js';
import type { StepError } from './report.js';

/** A failure of Node or undici. */
export function stepError(error: unknown, mask: Mask): StepError {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  const text = [message, code, 'unknown reason'].find((each) => typeof each === 'string' && each !== '') as string;
  return { ...(typeof code === 'string' && { code: mask.text(code, 100) }), message: mask.text(text) };
}

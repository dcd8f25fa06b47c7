/** What the shortcuts of got's promise give. */

import { ParseError, type Response } from 'got';

/** A shortcut's name. */
export type Shortcut = 'json' | 'text' | 'buffer';

/** Whether this is a whole answer with its bytes; with `resolveBodyOnly` it is not. */
export function isWhole(answer: unknown): answer is Response {
  return typeof answer === 'object' && answer !== null && 'rawBody' in answer && 'request' in answer;
}

/** As got parses it; got's own way takes a promise with all its members more. @throws ParseError */
export function parseAnswer(answer: Response, type: Shortcut): unknown {
  const { rawBody, request } = answer;
  const { encoding, parseJson } = request.options;
  try {
    if (type === 'buffer') return rawBody;
    const text = rawBody.toString(encoding);
    if (type === 'text') return text;
    return text === '' ? '' : parseJson(text);
  } catch (error) {
    throw new ParseError(error as Error, answer);
  }
}

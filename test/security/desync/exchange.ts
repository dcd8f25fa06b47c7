/** One request and what its backend is to do, so that each byte of both sides says whose it is. */
import type { seededRandom } from '../../../soak/random.js';

export type Random = ReturnType<typeof seededRandom>;

export interface Exchange {
  readonly id: number;
  readonly method: string;
  /** What the backend does; in the path. */
  readonly how: How;
  /** Bytes of the body. */
  readonly size: number;
  readonly framing: 'none' | 'length' | 'chunked';
  /** Bytes of the answer's body. */
  readonly answer: number;
  readonly expect: boolean;
}

/** What backends do. */
const hows = [
  'length',
  'length',
  'length',
  'chunked',
  'chunked',
  'slow',
  'interim',
  'until-close',
  'early-413',
  'early-413-closes',
  'early-401',
  '204',
  '304',
  'lying-204',
  'lying-304',
  'more-than-it-says',
  'close',
  'reset',
  'half',
  'half-reset',
] as const;

export type How = (typeof hows)[number];

let ids = 0;

/** Makes one up. A body of 0 bytes may be chunked, or said to be 0. */
export function madeUpExchange(random: Random): Exchange {
  const method = random.pick(['GET', 'GET', 'POST', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS']);
  const hasBody = method === 'POST' || method === 'PUT' || (method === 'DELETE' && random.chance(0.3));
  const sizes = [0, 1, 200, 2_000, 20_000, 100_000];
  const size = hasBody ? Math.floor(random.pick(sizes) * random.between(0.5, 1)) : 0;
  ids += 1;
  return {
    id: ids,
    method,
    how: random.pick(hows),
    size,
    framing: hasBody ? random.pick(['length', 'chunked'] as const) : 'none',
    answer: Math.floor(random.pick(sizes) * random.between(0.5, 1)),
    expect: hasBody && random.chance(0.15),
  };
}

/** Where it goes; the backend needs to know no more. */
export function pathOf({ id, how, answer }: Exchange): string {
  return `/x/${id}/${how}/${answer}`;
}

const PATH = new RegExp(`^/x/(\\d+)/(${[...new Set(hows)].join('|')})/(\\d+)$`);

/** Reads such a path; `undefined` for any other. */
export function readPath(path: string): Pick<Exchange, 'id' | 'how' | 'answer'> | undefined {
  const [, id, how, answer] = PATH.exec(path) ?? [];
  return id === undefined ? undefined : { id: Number(id), how: how as How, answer: Number(answer) };
}

/** So many bytes of this exchange: nothing else has the same, and who reads them as messages finds whole ones of nobody. */
export function contentOf(id: number, size: number): Buffer {
  const messages =
    `\r\n0\r\n\r\nGET /nobody/${id} HTTP/1.1\r\nHost: a\r\nX-Id: ${id}\r\n\r\n` +
    `HTTP/1.1 200 OK\r\nX-Id: nobody\r\nContent-Length: 0\r\n\r\n`;
  return Buffer.from(`[${id}]${messages}`.repeat(Math.ceil(size / messages.length))).subarray(0, size);
}

/** What is wrong with bytes that should be this exchange's, all or their beginning. */
export function strangeContent(id: number, bytes: Buffer): string | undefined {
  return bytes.equals(contentOf(id, bytes.length)) ? undefined : `bytes that are not of ${id}: ${excerpt(bytes)}`;
}

function excerpt(bytes: Buffer): string {
  return JSON.stringify(bytes.subarray(0, 80).toString('latin1'));
}

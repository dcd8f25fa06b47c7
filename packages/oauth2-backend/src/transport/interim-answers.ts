/** Interim answers (1xx) that nobody asked for (RFC 9110 §15.2): passed over, up to a limit. */

import type { ClientRequest, InformationEvent } from 'node:http';
import type { Socket } from 'node:net';
import { errors } from 'undici';

/** More of them, or more bytes, before one answer are no answer. */
const MAX_INTERIM = { count: 100, bytes: 64 * 1024 };

/** What a call fails with whose interim answers do not end. */
export function endlessInterim(): Error {
  const { count, bytes } = MAX_INTERIM;
  return new errors.SocketError(`more than ${count} interim answers (1xx), or ${bytes} bytes of them, and no other`);
}

/** Counts the interim answers before one answer. */
export class InterimCount {
  #count = 0;
  #bytes = 0;

  /** Whether there was one. */
  get any(): boolean {
    return this.#count > 0;
  }

  /** Gives whether there may be more. */
  add(bytes: number): boolean {
    this.#count += 1;
    this.#bytes += bytes;
    return this.#count <= MAX_INTERIM.count && this.#bytes <= MAX_INTERIM.bytes;
  }
}

/** For `information` of Node's requests, which pass over any number of interim answers. */
export function limitInterim(this: ClientRequest, { rawHeaders }: InformationEvent): void {
  const count = counts.get(this) ?? new InterimCount();
  counts.set(this, count);
  if (count.add(rawHeaders.reduce((sum, text) => sum + text.length, 0))) return;
  this.destroy(endlessInterim());
  // Node goes on with the piece that it has at hand.
  this.removeAllListeners('response');
}

const counts = new WeakMap<ClientRequest, InterimCount>();

/** What a call fails with whose server changes the protocol unasked. */
export function unaskedSwitch(): Error {
  return new errors.SocketError('the server answered 101 (Switching Protocols), which nobody had asked for');
}

/**
 * Takes `100 Continue` off what comes, which undici 7 calls a bad response, and ends the connection when interim answers do
 * not end. The line of a status arrives whole: undici keeps only the last piece of a reason phrase.
 *
 * @param socket of HTTP/1, before undici has it; undici asks for one answer at a time on it
 */
export function passOverInterim(socket: Socket): void {
  const { push, write } = socket;
  const filter = new InterimFilter();
  let expecting = false;

  // undici writes heads, and what frames chunks, as Latin-1; the latter begins with a line end.
  socket.write = function writeAndExpect(this: Socket, chunk: unknown, ...others: unknown[]) {
    if (typeof chunk === 'string' && others[0] === 'latin1' && chunk.charCodeAt(0) !== CR) expecting = true;
    return Reflect.apply(write, this, [chunk, ...others]) as boolean;
  };
  socket.push = (chunk: Buffer | null, encoding) => {
    if (!expecting || chunk === null || socket.destroyed) return push.call(socket, chunk, encoding);
    const passed = filter.take(chunk);
    if (passed instanceof Error) {
      socket.destroy(passed);
      return false;
    }
    expecting = !filter.done();
    return passed.length === 0 || push.call(socket, passed, encoding);
  };
}

class InterimFilter {
  /** A status line that has not ended yet. */
  #line: Buffer = NOTHING;
  #within: 'line' | 'dropped' | 'passed' | 'final' = 'line';
  /** How much of an empty line has come, in an interim head: CR, LF, CR, LF. */
  #matched = 0;
  #count = 0;
  #bytes = 0;

  /** What of these bytes undici may have. */
  take(chunk: Buffer): Buffer | Error {
    let bytes = this.#line.length === 0 ? chunk : Buffer.concat([this.#line, chunk]);
    this.#line = NOTHING;
    const passed: Buffer[] = [];
    while (bytes.length > 0) {
      if (this.#within === 'line') {
        const end = bytes.indexOf(LF);
        if (end < 0 && bytes.length < MAX_LINE) {
          this.#line = bytes;
          break;
        }
        this.#within = kindOf(bytes);
        if (this.#within === 'final') {
          passed.push(bytes);
          break;
        }
        this.#count += 1;
      }
      const end = this.#endOfHead(bytes);
      if (end < 0) return new errors.SocketError('an interim answer (1xx) has a line that ends without CR');
      this.#bytes += end;
      if (this.#count > MAX_INTERIM.count || this.#bytes > MAX_INTERIM.bytes) return endlessInterim();
      if (this.#within === 'passed') passed.push(bytes.subarray(0, end));
      if (this.#matched === 4) {
        this.#within = 'line';
        this.#matched = 0;
      }
      bytes = bytes.subarray(end);
    }
    return passed.length === 1 ? (passed[0] as Buffer) : Buffer.concat(passed);
  }

  /** Whether the final answer has begun; then it is ready for the next. */
  done(): boolean {
    if (this.#within !== 'final') return false;
    this.#within = 'line';
    this.#count = 0;
    this.#bytes = 0;
    return true;
  }

  /** Where the head ends, or the bytes do; -1 where a line ends without CR. */
  #endOfHead(bytes: Buffer): number {
    let index = 0;
    while (index < bytes.length && this.#matched < 4) {
      const byte = bytes[index++];
      if (byte === LF) {
        if (this.#matched % 2 === 0) return -1;
        this.#matched += 1;
      } else if (byte === CR) this.#matched = this.#matched === 2 ? 3 : 1;
      else this.#matched = 0;
    }
    return index;
  }
}

/** @param bytes with a status line at their start, perhaps */
function kindOf(bytes: Buffer): 'dropped' | 'passed' | 'final' {
  const [, code] = /^HTTP\/1\.\d (1\d\d)[ \r]/.exec(bytes.toString('latin1', 0, 13)) ?? [];
  if (code === undefined || code === '101') return 'final';
  return code === '100' ? 'dropped' : 'passed';
}

const NOTHING: Buffer = Buffer.alloc(0);
const MAX_LINE = 16 * 1024;
const CR = 13;
const LF = 10;

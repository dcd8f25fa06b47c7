/** Reads messages of HTTP/1.1 off a connection: strictly, and byte for byte (RFC 9112). */

export interface Head {
  /** The request or status line. */
  readonly line: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

export interface Message extends Head {
  readonly body: Buffer;
  /** Whether it ended as it said it would. */
  readonly complete: boolean;
}

interface Reader {
  /** Called when the head is there. Gives whether a body can follow, and one until the end of the connection. */
  onHead(head: Head): { readonly body: boolean; readonly untilClose: boolean };
  onMessage(message: Message): void;
  /** Called with what is none, then never again. */
  onNonsense(text: string): void;
}

export class MessageReader {
  readonly #reader: Reader;
  #bytes: Buffer = Buffer.alloc(0);
  #head: Head | undefined;
  #body: Buffer[] = [];
  /** What is to come: bytes of the body or of a chunk, a chunk's size, the trailers. */
  #state: 'head' | 'length' | 'size' | 'chunk' | 'chunk-end' | 'trailers' | 'until-close' | 'broken' = 'head';
  #left = 0;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** Whether it stands between two messages. */
  get idle(): boolean {
    return this.#state === 'head' && this.#bytes.length === 0;
  }

  push(bytes: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    while (this.#step());
  }

  /** The connection has ended. */
  end(): void {
    if (this.#head) this.#finish(this.#state === 'until-close');
    this.#state = 'broken';
  }

  /** Gives whether there was enough for one. */
  #step(): boolean {
    switch (this.#state) {
      case 'head':
        return this.#readHead();
      case 'length':
      case 'chunk':
        return this.#readBytes();
      case 'size':
        return this.#readLine((line) => this.#startChunk(line));
      case 'chunk-end':
        return this.#readLine((line) => {
          this.#state = 'size';
          if (line !== '') this.#break(line);
        });
      case 'trailers':
        return this.#readLine((line) => line === '' && this.#finish(true));
      case 'until-close':
        this.#take(this.#bytes.length);
        return false;
      case 'broken':
        return false;
    }
  }

  #readHead(): boolean {
    const end = this.#bytes.indexOf('\r\n\r\n');
    if (end < 0) {
      if (this.#bytes.length > 65_536) this.#break(this.#bytes.toString('latin1', 0, 100));
      return false;
    }
    const [line = '', ...fields] = this.#bytes.toString('latin1', 0, end).split('\r\n');
    this.#bytes = this.#bytes.subarray(end + 4);
    const headers = new Map<string, string>();
    for (const field of fields) {
      const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([^\r\n]*?)[ \t]*$/.exec(field) ?? [];
      const key = name?.toLowerCase();
      if (key === undefined || (FRAMING.has(key) && headers.has(key))) return this.#break(field);
      headers.set(key, value ?? '');
    }
    this.#head = { line, headers };
    this.#frame(this.#reader.onHead(this.#head));
    return true;
  }

  #frame({ body, untilClose }: ReturnType<Reader['onHead']>): void {
    const { headers } = this.#head as Head;
    const length = headers.get('content-length');
    const coding = headers.get('transfer-encoding');
    if (!body) this.#finish(true);
    else if (coding !== undefined) {
      this.#state = 'size';
      if (coding !== 'chunked' || length !== undefined) this.#break(`${coding} and ${length}`);
    } else if (length !== undefined) {
      this.#left = Number(length);
      this.#state = 'length';
      if (!/^\d+$/.test(length)) this.#break(length);
      else if (this.#left === 0) this.#finish(true);
    } else if (untilClose) this.#state = 'until-close';
    else this.#finish(true);
  }

  #readBytes(): boolean {
    const size = Math.min(this.#left, this.#bytes.length);
    this.#left -= size;
    this.#take(size);
    if (this.#left > 0) return false;
    if (this.#state === 'length') this.#finish(true);
    else this.#state = 'chunk-end';
    return true;
  }

  #take(size: number): void {
    this.#body.push(this.#bytes.subarray(0, size));
    this.#bytes = this.#bytes.subarray(size);
  }

  #readLine(use: (line: string) => unknown): boolean {
    const end = this.#bytes.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#bytes.toString('latin1', 0, end);
    this.#bytes = this.#bytes.subarray(end + 2);
    use(line);
    return true;
  }

  #startChunk(line: string): void {
    this.#left = Number.parseInt(line, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'chunk';
    if (!/^[\da-f]+$/i.test(line)) this.#break(line);
  }

  #finish(complete: boolean): void {
    const message = { ...(this.#head as Head), body: Buffer.concat(this.#body), complete };
    this.#head = undefined;
    this.#body = [];
    this.#left = 0;
    this.#state = 'head';
    this.#reader.onMessage(message);
  }

  #break(text: string): false {
    this.#state = 'broken';
    this.#head = undefined;
    this.#reader.onNonsense(text);
    return false;
  }
}

const FRAMING = new Set(['content-length', 'transfer-encoding', 'x-id', 'host', 'authorization']);

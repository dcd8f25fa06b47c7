/** got's promise, with its shortcuts, over a call that may take several attempts. */

import { type CancelableRequest, CancelError, ParseError, type Response } from 'got';

/** What the caller has asked of the promise so far, and where it stands. */
export interface Progress {
  /** `.json()` was called: the request accepts JSON unless it says otherwise. */
  readonly wantsJson: boolean;
  /** Hands over the attempt that is under way now. */
  adopt(attempt: CancelableRequest<never>): void;
  /** Called when the caller cancels. */
  onCancel: () => void;
}

interface GotPromiseOptions {
  readonly run: (progress: Progress) => Promise<unknown>;
  /** Gives what the promise rejects with for what a call threw. */
  readonly fail: (error: unknown) => unknown;
}

/** Runs a call a turn later, so that `.json()` behind it is heard in time. */
export function gotPromise(options: GotPromiseOptions): CancelableRequest<never> {
  const run = new Run(options);
  const result = new CallPromise((resolve, reject) => run.start(resolve, reject));
  return result.of(run) as unknown as CancelableRequest<never>;
}

type Listener = [event: never, listener: never];

type Shortcut = 'json' | 'text' | 'buffer';

/** One call, behind its promise and those of its shortcuts. */
class Run implements Progress {
  wantsJson = false;
  canceled = false;
  onCancel: () => void = () => {};
  readonly #options: GotPromiseOptions;
  readonly #listeners: Listener[] = [];
  #attempt: CancelableRequest<never> | undefined;
  #reject: (error: unknown) => void = () => {};

  constructor(options: GotPromiseOptions) {
    this.#options = options;
  }

  start(resolve: (answer: unknown) => void, reject: (error: unknown) => void): void {
    this.#reject = reject;
    void STARTED.then(() => {
      if (!this.canceled) this.#options.run(this).then(resolve, reject);
    });
  }

  adopt(attempt: CancelableRequest<never>): void {
    this.#attempt = attempt;
    for (const listener of this.#listeners) void attempt.on(...listener);
  }

  on(...listener: Listener): void {
    this.#listeners.push(listener);
    void this.#attempt?.on(...listener);
  }

  off(...listener: Listener): void {
    const index = this.#listeners.findIndex(([event, heard]) => event === listener[0] && heard === listener[1]);
    if (index >= 0) this.#listeners.splice(index, 1);
    void this.#attempt?.off(...listener);
  }

  cancel(): void {
    if (this.canceled) return;
    this.canceled = true;
    // Its constructor reads nothing of a request that never was.
    this.#reject(new CancelError({} as never));
    this.onCancel();
    this.#attempt?.cancel();
  }

  async parse(promise: Promise<unknown>, type: Shortcut): Promise<unknown> {
    const answer = await promise;
    try {
      return isWhole(answer) ? parseAnswer(answer, type) : await this.#attempt?.[type]();
    } catch (error) {
      throw this.#options.fail(error);
    }
  }
}

/** Not `queueMicrotask`: in Node that makes a resource for each. */
const STARTED = Promise.resolve();

/** A class, because there is one for each request: own members would be made anew each time. */
class CallPromise extends Promise<unknown> {
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  #run: Run | undefined;

  of(run: Run): this {
    this.#run = run;
    return this;
  }

  get isCanceled(): boolean {
    return this.#run?.canceled === true;
  }

  json(): CallPromise {
    if (this.#run) this.#run.wantsJson = true;
    return this.#shortcut('json');
  }

  text(): CallPromise {
    return this.#shortcut('text');
  }

  buffer(): CallPromise {
    return this.#shortcut('buffer');
  }

  on(...listener: Listener): this {
    this.#run?.on(...listener);
    return this;
  }

  off(...listener: Listener): this {
    this.#run?.off(...listener);
    return this;
  }

  cancel(): void {
    this.#run?.cancel();
  }

  #shortcut(type: Shortcut): CallPromise {
    const run = this.#run as Run;
    return new CallPromise((resolve, reject) => void run.parse(this, type).then(resolve, reject)).of(run);
  }
}

/** Whether this is a whole answer with its bytes; with `resolveBodyOnly` it is not. */
function isWhole(answer: unknown): answer is Response {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    Object.hasOwn(answer, 'rawBody') &&
    Object.hasOwn(answer, 'request')
  );
}

/** As got parses it; got's own way takes a promise with all its members more. @throws ParseError */
function parseAnswer(answer: Response, type: Shortcut): unknown {
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

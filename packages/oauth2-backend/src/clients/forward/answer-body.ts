/** The body of a backend's answer as a stream, fed by undici. */

import { Readable } from 'node:stream';

/** Reads as fast as it is read; destroyed before its end it closes the backend's connection. */
export class AnswerBody extends Readable {
  readonly #resume: () => void;
  readonly #abort: (reason: Error) => void;
  #complete = false;

  constructor(resume: () => void, abort: (reason: Error) => void) {
    super();
    // It may break while nobody listens yet; who reads it hears of it all the same.
    this.on('error', () => {});
    this.#resume = resume;
    this.#abort = abort;
  }

  /** The backend has sent all. */
  complete(): void {
    if (this.#complete) return;
    this.#complete = true;
    this.push(null);
  }

  /** The backend has sent all that it will. What comes after the end changes nothing. */
  break(error?: Error): void {
    if (!this.#complete) this.destroy(error);
  }

  override _read(): void {
    this.#resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.#complete) {
      this.#complete = true;
      this.#abort(error ?? new Error('the answer was given up'));
    }
    callback(error);
  }
}

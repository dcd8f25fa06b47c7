/** A web stream that can be closed while it is being sent: whoever has locked one keeps its source open, for ever if nothing comes. */

/** Reads another stream, which is locked from now on. */
export class ClosableStream extends ReadableStream<unknown> {
  readonly #reader: ReadableStreamDefaultReader<unknown>;
  readonly #controller: ReadableStreamDefaultController<unknown>;

  constructor(source: ReadableStream<unknown>) {
    const reader = source.getReader();
    let own: ReadableStreamDefaultController<unknown> | undefined;
    super(
      {
        start: (controller) => {
          own = controller;
        },
        async pull(controller) {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    );
    this.#reader = reader;
    this.#controller = own as ReadableStreamDefaultController<unknown>;
  }

  /** Closes the source; whoever reads the stream gets the reason as an error, not an end. */
  destroy(reason: unknown): void {
    this.#controller.error(reason);
    this.#reader.cancel(reason).catch(() => undefined);
  }
}

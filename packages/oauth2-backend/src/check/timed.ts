/** Work that is ended when its time is over, and what became of it. */

/** A value, or why there is none. */
export type Timed<T> = { readonly milliseconds: number } & (
  | { readonly value: T; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: unknown }
);

/** Never throws. @param limit milliseconds, 0 for none; then the signal fires, and the error has the code `ETIMEDOUT` */
export async function timed<T>(work: (signal: AbortSignal) => Promise<T>, limit: number): Promise<Timed<T>> {
  const began = performance.now();
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    if (limit === 0) return;
    timer = setTimeout(() => {
      const error = Object.assign(new Error(`no answer within ${limit} ms`), { code: 'ETIMEDOUT' });
      controller.abort(error);
      reject(error);
    }, limit);
  });
  const took = () => Math.round(performance.now() - began);
  try {
    const value = await Promise.race([work(controller.signal), end]);
    return { value, milliseconds: took() };
  } catch (error) {
    return { error, milliseconds: took() };
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a promise is rejected before anything else can happen in the process. It is waited for by microtasks alone. */
export async function isRejectedInThisTurn(promise: Promise<unknown>): Promise<boolean> {
  let rejected = false;
  promise.catch(() => {
    rejected = true;
  });
  for (let round = 0; round < 100 && !rejected; round++) await Promise.resolve();
  return rejected;
}

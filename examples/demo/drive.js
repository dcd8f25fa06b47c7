/** Calls an application the way its users do. */

/** One call: `{ status, body, ms }`; a call that fails has status 0 and the error's message as its body. */
export async function call(app, path, init) {
  const started = performance.now();
  try {
    const answer = await fetch(app.origin + path, init);
    const text = await answer.text();
    const json = answer.headers.get('content-type')?.includes('json');
    return { status: answer.status, body: json ? JSON.parse(text) : text, ms: performance.now() - started };
  } catch (error) {
    return { status: 0, body: error.message, ms: performance.now() - started };
  }
}

/** `count` calls at once; `init` may be a function of the call's index. */
export function callAtOnce(app, path, count, init) {
  return Promise.all(Array.from({ length: count }, (_, index) => call(app, path, init?.(index))));
}

/** `100 × 200`, `10 × 401, 10 × 200`: the statuses in `answers`, in the order of their first appearance. */
export function statuses(answers) {
  const counts = new Map();
  for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
  return counts.size === 0 ? 'nothing' : [...counts].map(([status, count]) => `${count} × ${status}`).join(', ');
}

/** `1 request`, `2 requests`. */
export const counted = ({ length }) => `${length} request${length === 1 ? '' : 's'}`;

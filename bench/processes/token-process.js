/** Asks for a token that is there, and uses it, over and over. */
import { bearer, reuse } from 'oauth2-backend';
import { ourBackend } from '../contenders/our-backend.js';
import { closedLoop } from '../measuring/load.js';
import { sharedStore } from '../servers/shared-store.js';
import { answerParent } from './answer-parent.js';

let backend;
let source;
let tied;

answerParent({
  async open({ redis, ...options }) {
    backend = ourBackend({ ...options, store: await sharedStore(redis) });
    source = reuse({ token: () => backend.token() });
    tied = bearer(source, { origin: options.origin });
    await source.token();
  },
  /** Nanoseconds a call, by the call. */
  async measure({ calls }) {
    return {
      'source.current()': timed(calls, () => source.current()),
      'bearer.current()': timed(calls, () => tied.current()),
      'await source.token()': await awaited(calls, () => source.token()),
      'await backend.token()': await awaited(calls, () => backend.token()),
    };
  },
  /** The last of these alone. */
  backendToken: ({ calls }) => awaited(calls, () => backend.token()),
  /** Requests, as `closedLoop` in measuring/load.js. */
  closedLoop: (load) => closedLoop(send, load),
});

async function send() {
  const { statusCode, body } = await backend.request('/data');
  await body.json();
  return statusCode;
}

function timed(calls, call) {
  let found = 0;
  const started = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) if (call() !== undefined) found += 1;
  return perCall(started, calls, found);
}

async function awaited(calls, call) {
  let found = 0;
  const started = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) if ((await call()) !== undefined) found += 1;
  return perCall(started, calls, found);
}

function perCall(started, calls, found) {
  if (found !== calls) throw new Error(`${calls - found} of ${calls} calls gave no token`);
  return Number(process.hrtime.bigint() - started) / calls;
}

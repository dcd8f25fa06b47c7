/** What keeps one user's answer from another, and the application's origin its own. */
import { replies } from '../backend-server.js';
import { same } from '../mismatch.js';

/** What the client has of a header for each value that comes. */
const gives = (name, pairs, spec) => async (cell) => {
  const { ask } = await cell.application(spec);
  for (const [value, wanted] of pairs) {
    replies(cell.backend, { headers: value === undefined ? {} : { [name]: value } });
    const { headers } = await ask('/api/billing/x');
    same('not private', headers[name], wanted);
  }
};

const WITHHELD = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'strict-transport-security',
  'timing-allow-origin',
  'service-worker-allowed',
  'nel',
  'report-to',
  'reporting-endpoints',
  'set-cookie2',
  'surrogate-control',
  'cdn-cache-control',
  'x-accel-expires',
  'x-accel-redirect',
  'x-sendfile',
  'x-reproxy-url',
  'x-lighttpd-send-file',
];
const NEVER = ['x-accel-redirect', 'x-sendfile', 'x-reproxy-url', 'x-lighttpd-send-file'];

const all = (names) => Object.fromEntries(names.map((name) => [name, '1']));

async function travelling(cell, spec) {
  replies(cell.backend, { headers: all([...WITHHELD, 'x-accel-buffering']) });
  const { ask } = await cell.application(spec);
  const { headers } = await ask('/api/billing/x');
  return Object.keys(headers).filter((name) => WITHHELD.includes(name) || name === 'x-accel-buffering');
}

export const browsers = [
  {
    says: 'An answer that a shared cache could keep for another user becomes private',
    run: gives('cache-control', [
      ['max-age=60', 'max-age=60, private'],
      [undefined, 'private'],
      ['no-cache="public"', 'no-cache="public", private'],
      ['must-revalidate, max-age=60', 'must-revalidate, max-age=60, private'],
    ]),
  },
  {
    says: 'What says itself how it may be kept is left alone',
    run: gives('cache-control', [
      ['public, max-age=60', 'public, max-age=60'],
      ['s-maxage=60', 's-maxage=60'],
      ['no-store', 'no-store'],
      ['private, max-age=5', 'private, max-age=5'],
      ['must-revalidate, max-age=0', 'must-revalidate, max-age=0'],
    ]),
  },
  {
    says: "What speaks for the application's whole origin, or to what is in front of it, stays behind",
    async run(cell) {
      same('passes', await travelling(cell), ['x-accel-buffering']);
    },
  },
  {
    says: 'It travels where passHeaders names it exactly',
    async run(cell) {
      const passHeaders = ['Access-Control-Allow-Origin', 'NEL'];
      const wanted = ['access-control-allow-origin', 'nel', 'x-accel-buffering'];
      same('lost', (await travelling(cell, { forward: { passHeaders } })).sort(), wanted);
    },
  },
  {
    says: 'passHeaders never takes what hands out files behind a server',
    bare: false,
    async run(cell) {
      for (const name of NEVER) {
        let refused = false;
        try {
          await cell.application({ forward: { passHeaders: [name] } });
        } catch (error) {
          refused = error.code === 'ERR_OAUTH2_CONFIGURATION';
        }
        same('passes', [name, refused], [name, true]);
      }
    },
  },
];

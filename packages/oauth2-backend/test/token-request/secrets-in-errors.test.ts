import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer } from 'test-servers/recording-server';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { CLIENT_AUTH_METHODS, CLIENT_AUTH_NAMES } from '../../src/definitions/client-auth-methods.js';
import { billing } from './billing.js';

let server: TokenServer;
beforeAll(async () => {
  server = await tokenServer();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

const SECRET = 'k!9 Zq+ü7%wL"pX2&vN';
const QUERY = 'tenant=hidden-in-the-query';
const form = (value: string) => new URLSearchParams({ v: value }).toString().slice(2);
const basic = Buffer.from(`shop:${form(SECRET)}`).toString('base64');

/** Everything an error can be made to show. */
function everything(error: Error): string {
  const seen = [String(error), error.stack, JSON.stringify(error), inspect(error, { showHidden: true, depth: 10 })];
  for (let cause: unknown = error; typeof cause === 'object' && cause !== null; cause = (cause as Error).cause) {
    seen.push(inspect(cause, { showHidden: true, depth: 10, getters: true }), JSON.stringify(Object.entries(cause)));
  }
  return seen.join('\n');
}

/** Pieces of what must not show, in each spelling. */
const HIDDEN = [
  SECRET,
  SECRET.slice(0, 14),
  form(SECRET),
  encodeURIComponent(SECRET),
  Buffer.from(SECRET).toString('base64'),
  Buffer.from(SECRET).toString('base64url'),
  basic,
  basic.slice(8, 24),
  'hidden-in-the-query',
];

const silent = { debug() {}, info() {}, warn() {}, error() {} };

const bySecret = CLIENT_AUTH_NAMES.map((name) => [name, CLIENT_AUTH_METHODS[name]] as const).filter(
  ([, { secret }]) => secret,
);

const repeating = (text: string): Answer => ({
  status: 401,
  body: { error: 'invalid_client', error_description: text },
});

describe('an error of the token endpoint', () => {
  it.each<[string, unknown]>([
    ['a form', 'access_token=gho_16C7e42F292c69e0&scope=repo'],
    ['JSON that is cut off', '{"access_token": "gho_16C7e42F292c69e0", "exp'],
    ['a nested object', { data: { access_token: 'gho_16C7e42F292c69e0' } }],
    ['XML', '<answer><token>gho_16C7e42F292c69e0.and-some-more</token></answer>'],
    ['text', 'known: eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1In0.gho_16C7e42F292c69e0'],
    ['a text in JSON', { data: '{"refresh_token":"gho_16C7e42F292c69e0"}' }],
  ])('shows no token that came with it in %s, and what else it says', async (_, body) => {
    server.next({ status: 400, body });
    const error = await billing(server.url, { client_secret: SECRET }, { logger: silent }).failure();
    expect(error.message).toContain('•••');
    expect(everything(error)).not.toContain('16C7e42F');
  });

  it('shows the identifier of a request', async () => {
    server.next({ status: 400, body: 'failed, request 8f14e45f-ceea-4671-9ad0-1f3c7b1a2e5d' });
    const error = await billing(server.url, { client_secret: SECRET }, { logger: silent }).failure();
    expect(error.message).toContain('request 8f14e45f-ceea-4671-9ad0-1f3c7b1a2e5d');
  });

  it.each<[string, Answer]>([
    ['plain', repeating(`bad secret ${SECRET}`)],
    ['a piece of it', repeating(`bad secret ${SECRET.slice(0, 14)}…`)],
    ['the end of it', repeating(`ends with ${SECRET.slice(-13)}`)],
    ['base64', repeating(Buffer.from(SECRET).toString('base64'))],
    ['base64url', repeating(Buffer.from(SECRET).toString('base64url'))],
    ['URL-encoded', repeating(encodeURIComponent(SECRET))],
    ['URL-encoded in lower case', repeating(encodeURIComponent(SECRET).toLowerCase().replace(/zq/, 'Zq'))],
    ['form-encoded', repeating(`client_secret=${form(SECRET)}&grant_type=x`)],
    ['the whole header', repeating(`Authorization: Basic ${basic}`)],
    ['a piece of the header', repeating(`Basic ${basic.slice(8, 24)}`)],
    ['behind a long text', repeating(`${'x'.repeat(190)}${SECRET}`)],
    ['in error', { status: 400, body: { error: SECRET } }],
    ['in error_uri', { status: 400, body: { error: 'x', error_uri: `https://as.example/?s=${form(SECRET)}` } }],
    ['in an HTML page', { status: 500, body: `<html>${SECRET} ${basic}` }],
    ['in text', { status: 500, body: `${SECRET} ${basic}` }],
    ['as the token', { body: { access_token: `${SECRET}` } }],
    ['as token_type', { body: { access_token: 'a', token_type: SECRET } }],
    ['as expires_in', { body: { access_token: 'a', expires_in: SECRET } }],
    ['in a gzip that is none', { body: `${SECRET} ${basic}`, headers: { 'content-encoding': 'gzip' } }],
  ])('does not show a secret that the server repeats: %s', async (_, answer) => {
    for (const [method, { signsWith, header }] of bySecret) {
      server.next(answer);
      const oauth2 = {
        client_secret: SECRET,
        token_endpoint_auth_method: method,
        jwt_signing_profile: signsWith && ({ signature_algorithm: 'HS256', ttl: '1m' } as const),
      };
      const error = await billing(`${server.url}?${QUERY}`, oauth2, { logger: silent }).failure();
      const seen = everything(error);
      for (const hidden of header ? HIDDEN : HIDDEN.filter((text) => !basic.includes(text))) {
        expect(seen).not.toContain(hidden);
      }
    }
  });

  const shapes: readonly (readonly [string, (text: string) => Answer])[] = [
    ['message', (text) => ({ status: 403, body: { message: text } })],
    ['nested error', (text) => ({ status: 401, body: { error: { code: text, message: text } } })],
    ['errors', (text) => ({ status: 401, body: { errors: [{ detail: text }] } })],
    ['another member', (text) => ({ status: 400, body: { heard: text } })],
    ['text', (text) => ({ status: 400, body: text })],
    ['XML', (text) => ({ status: 400, body: `<a><b>${text}</b></a>` })],
    ['title', (text) => ({ status: 404, body: `<html><title>${text}</title>` })],
    ['names', (text) => ({ body: { [text]: 1 } })],
  ];

  it.each(shapes)(
    'does not show what was sent, whole or in pieces, in what it shows instead of OAuth: %s',
    async (_, shape) => {
      const bearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
      const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4tNzcifQ.k3-Jq_Zt8vWm2Xy5Lr0Bn4Hd6Ps9Gf1C';
      const password = 'pW-3fT9+ö%Kd(82)mQx*Ls';
      const key = 'k9-QZ3-tLm7';
      const sent: readonly [object, readonly string[]][] = [
        [{ client_secret: SECRET }, [SECRET, basic, `Basic ${basic}`, SECRET.slice(0, 14), encodeURIComponent(SECRET)]],
        [{ grant_type: 'password', username: 'ann', password }, [password, form(password)]],
        [{ grant_type: bearer, assertion: jwt }, [jwt, ...jwt.split('.')]],
        [{ params: { api_key: key } }, [key]],
      ];
      for (const [oauth2, texts] of sent) {
        for (const text of texts) {
          server.next(shape(`got ${text} from you`));
          const seen = everything(await billing(server.url, oauth2, { logger: silent }).failure());
          expect(seen).not.toContain(text);
        }
      }
    },
  );

  it.each(['s3cr+t %!', 'ab"c\\d', 'geheimn\u00edss'])('does not show the short secret %s either', async (secret) => {
    for (const text of [secret, form(secret), encodeURIComponent(secret), btoa(form(`x:${secret}`))].slice(0, 3)) {
      server.next(repeating(`got ${text}.`));
      const seen = everything(await billing(server.url, { client_secret: secret }).failure());
      expect(seen).not.toContain(text);
      expect(seen).toContain('[left out: it repeats a credential]');
    }
  });

  it.each<[string, Answer]>([
    ['a connection that breaks', { reset: true }],
    ['a gateway', { status: 502 }],
  ])('does not show the secret or the query after %s', async (_, answer) => {
    server.next(answer, answer, answer);
    const error = await billing(`${server.url}?${QUERY}`, { client_secret: SECRET }).failure();
    const seen = everything(error);
    for (const hidden of HIDDEN) expect(seen).not.toContain(hidden);
  });

  it.each(['access_token', 'refresh_token', 'id_token'])(
    'does not show a %s that came with the error',
    async (name) => {
      server.next({
        status: 400,
        body: { error: 'x', [name]: 'issued-all-the-same', error_description: 'issued-all-the-same' },
      });
      const error = await billing(server.url, { client_secret: SECRET }).failure();
      expect(everything(error)).not.toContain('issued-all-the-same');
    },
  );

  it('does not show a further parameter that the server repeats, but the name of an API', async () => {
    const params = { api_key: 'k9-QZ3-tLm7', resource: 'https://api.example/invoices' };
    server.next(repeating('unknown key k9-QZ3-tLm7'), repeating('no https://api.example/invoices here'));
    const first = everything(await billing(server.url, { params }).failure());
    expect(first).not.toContain('k9-QZ3-tLm7');
    const second = await billing(server.url, { params }).failure();
    expect(second['response']).toMatchObject({ errorDescription: 'no https://api.example/invoices here' });
  });

  it('keeps what the server says when it repeats nothing', async () => {
    server.next(repeating('client "shop" is locked'));
    expect(await billing(server.url, { client_secret: SECRET }).failure()).toMatchObject({
      response: { status: 401, error: 'invalid_client', errorDescription: 'client "shop" is locked' },
    });
  });
});

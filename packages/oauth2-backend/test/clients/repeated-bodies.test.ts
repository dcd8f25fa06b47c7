import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Backend } from 'oauth2-backend';
import { type Client, type ClientWorld, clients, clientWorld } from './client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

const text = 'ä & "b"\r\n';
const MULTIPART = /^multipart\/form-data; boundary=\S+$/;

function form(): FormData {
  const data = new FormData();
  data.append('name', text);
  data.append('file', new File([text], 'a "b".txt', { type: 'text/plain' }));
  return data;
}

interface Sample {
  readonly kind: string;
  readonly make: () => unknown;
  readonly got?: string | RegExp | undefined;
  readonly fetch: string | RegExp | undefined;
  readonly request?: string | RegExp | undefined;
  readonly bytes: RegExp;
}

const samples: readonly Sample[] = [
  { kind: 'string', make: () => text, fetch: 'text/plain;charset=UTF-8', bytes: /^ä & "b"\r\n$/ },
  { kind: 'Buffer', make: () => Buffer.from(text), fetch: undefined, bytes: /^ä & "b"\r\n$/ },
  {
    kind: 'URLSearchParams',
    make: () => new URLSearchParams({ a: text }),
    request: 'application/x-www-form-urlencoded;charset=UTF-8',
    got: 'application/x-www-form-urlencoded;charset=UTF-8',
    fetch: 'application/x-www-form-urlencoded;charset=UTF-8',
    bytes: /^a=%C3%A4\+%26\+%22b%22%0D%0A$/,
  },
  {
    kind: 'FormData with a file',
    make: form,
    request: MULTIPART,
    got: MULTIPART,
    fetch: MULTIPART,
    bytes: /name="name"\r\n\r\nä & "b"\r\n[\s\S]*filename="a %22b%22\.txt"\r\nContent-Type: text\/plain\r\n\r\nä & "b"/,
  },
  {
    kind: 'Blob',
    make: () => new Blob([text], { type: 'text/x' }),
    request: 'text/x',
    got: 'text/x',
    fetch: 'text/x',
    bytes: /^ä & "b"\r\n$/,
  },
];

describe.each(clients)('$name: a POST that is answered 401', ({ name, send }) => {
  it.each(samples)('is repeated with an identical body and content type: $kind', async (sample) => {
    world.api.revoke('token-1');
    const answer = await send(await world.acceptedBackend(), 'echo', { method: 'POST', body: sample.make() });
    expect(answer.status).toBe(200);
    expectIdentical(sample.bytes, sample[name]);
    expect(answer.body).toBe(world.api.requests[1]?.body.toString());
  });

  it('is repeated with what the caller had at the time of the call', async () => {
    const bytes = Buffer.from('before');
    const release = world.api.hold();
    world.api.revoke('token-1');
    const answer = send(await world.acceptedBackend(), 'echo', { method: 'PUT', body: bytes });
    await world.api.arrived(1);
    bytes.write('after!');
    release();
    expect((await answer).body).toBe('before');
    expectIdentical(/^before$/, undefined);
  });

  it("keeps the caller's own content type", async () => {
    world.api.revoke('token-1');
    const headers = { 'Content-Type': 'application/x-own' };
    await send(await world.acceptedBackend(), 'echo', { method: 'POST', body: text, headers });
    expectIdentical(/^ä/, 'application/x-own');
  });

  const file = { kind: 'a file part above 1 MiB', make: largeForm };
  const streams: readonly { kind: string; make: () => unknown; not?: Client['name'] }[] = [
    { kind: 'Readable', make: () => Readable.from(['one', 'two'], { objectMode: false }) },
    { kind: 'async generator', make: chunks },
    { kind: 'ReadableStream', make: () => Readable.toWeb(Readable.from([Buffer.from('onetwo')])), not: 'got' },
    file,
  ];

  it.each(streams.filter(({ not }) => not !== name))('is sent once when it is a stream: $kind', async ({ make }) => {
    const backend = await world.acceptedBackend();
    world.api.revoke('token-1');
    const answer = await send(backend, 'echo', { method: 'POST', body: make() });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toEqual({ refused: 'token-1' });
    expect(answer.header('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(world.api.requests).toHaveLength(1);
    expect(world.api.requests[0]?.body.toString()).toMatch(make === file.make ? /^--form/ : /^onetwo$/);

    await send(backend, 'later');
    expect(world.api.tokens()).toEqual(['token-1', 'token-2']);
  });
});

describe('got: a POST that is answered 401', () => {
  it.each([
    ['json', { json: { a: text } }, 'application/json', /^\{"a":"ä & \\"b\\"\\r\\n"\}$/],
    ['form', { form: { a: text, b: 2 } }, 'application/x-www-form-urlencoded', /^a=%C3%A4\+%26\+%22b%22%0D%0A&b=2$/],
  ])('is repeated with an identical body and content type: %s', async (_, options, type, bytes) => {
    world.api.revoke('token-1');
    const { got } = await world.acceptedBackend();
    await got.post('echo', options);
    expectIdentical(bytes, type);
  });

  it('repeats what an instance has for all its calls', async () => {
    world.api.revoke('token-1');
    const { got } = await world.acceptedBackend();
    await got.extend({ headers: { 'content-type': 'text/own' } }).post('echo', { body: text });
    expectIdentical(/^ä/, 'text/own');
  });

  it('repeats the json and the form of an instance', async () => {
    world.api.revoke('token-1');
    const backend: Backend = await world.acceptedBackend();
    expect(
      await backend.got
        .extend({ json: { a: 1 } })
        .post('echo')
        .text(),
    ).toBe('{"a":1}');
    world.api.revoke('token-2');
    expect(
      await backend.got
        .extend({ form: { a: 1 } })
        .post('echo')
        .text(),
    ).toBe('a=1');
  });
});

describe('fetch: a POST that is answered 401', () => {
  it('is sent once when it is a Request with a body', async () => {
    const backend = await world.acceptedBackend();
    world.api.revoke('token-1');
    const request = new Request(`${world.api.origin}/echo`, { method: 'POST', body: 'onetwo' });
    const answer = await backend.fetch(request);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ refused: 'token-1' });
    expect(world.api.requests.map(({ body }) => body.toString())).toEqual(['onetwo']);
    await backend.fetch('later');
    expect(world.api.tokens().at(-1)).toBe('token-2');
  });

  it('is repeated when the Request has none', async () => {
    world.api.revoke('token-1');
    const backend = await world.acceptedBackend();
    const answer = await backend.fetch(new Request(`${world.api.origin}/x`, { method: 'DELETE' }));
    expect(await answer.json()).toEqual({ method: 'DELETE', url: '/x', token: 'token-2' });
  });
});

async function* chunks(): AsyncGenerator<Buffer> {
  yield Buffer.from('one');
  yield Buffer.from('two');
}

function largeForm(): FormData {
  const data = new FormData();
  data.append('file', new Blob([Buffer.alloc(1024 * 1024 + 1)]));
  return data;
}

function expectIdentical(bytes: RegExp, type: string | RegExp | undefined): void {
  const [first, second] = world.api.requests;
  expect(world.api.requests).toHaveLength(2);
  expect(world.api.tokens()).toEqual(['token-1', 'token-2']);
  expect(first?.body.toString()).toMatch(bytes);
  expect(second?.body.equals(first?.body ?? Buffer.alloc(0))).toBe(true);
  expect(second?.headers['content-type']).toBe(first?.headers['content-type']);
  expect(second?.headers['content-length']).toBe(String(second?.body.length));
  if (type === undefined) expect(first?.headers['content-type']).toBeUndefined();
  else expect(first?.headers['content-type']).toMatch(type instanceof RegExp ? type : new RegExp(`^${type}$`));
}

/** Bodies with methods that seldom have one: Node writes them without a word of where they end (RFC 9112 §6.3). */

import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Backend } from 'oauth2-backend';
import { type ClientWorld, clientWorld, rejection } from '../client-world.js';

let world: ClientWorld;
let backend: Backend;
let seen: string[];
beforeEach(async () => {
  seen = [];
  world = await clientWorld();
  const origin = await world.serve((request, response) => {
    const { 'content-length': length = '-', 'transfer-encoding': coding = '-' } = request.headers;
    void text(request).then((body) => {
      seen.push(`${request.method} ${request.url} ${length} ${coding} ${body}`);
      response.end('ok');
    });
  });
  backend = world.backend({ origin, max_connections: 1 });
});
afterEach(() => world.close());

const hidden = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n';
const pieces = () => Readable.from([Buffer.from(hidden.slice(0, 10)), Buffer.from(hidden.slice(10))]);

type Method = 'DELETE' | 'GET' | 'OPTIONS';
const methods: Method[] = ['DELETE', 'GET', 'OPTIONS'];

describe.each(methods)('%s', (method) => {
  const options = { method, allowGetBody: true };

  it('got(): sends a stream in chunks', async () => {
    expect(await backend.got('a', { ...options, body: pieces() }).text()).toBe('ok');
    expect(seen).toEqual([`${method} /a - chunked ${hidden}`]);
  });

  it('got.stream(): sends what is piped into it in chunks', async () => {
    const stream = backend.got.stream('a', options);
    const [answer] = await Promise.all([text(stream), pipeline(pieces(), stream)]);
    expect(answer).toBe('ok');
    expect(seen).toEqual([`${method} /a - chunked ${hidden}`]);
  });

  it('got(): sends bytes in chunks whose length a hook has taken off', async () => {
    const beforeRequest = [
      ({ headers }: { headers: object }) => void Reflect.deleteProperty(headers, 'content-length'),
    ];
    await backend.got('a', { ...options, body: hidden, hooks: { beforeRequest } });
    expect(seen).toEqual([`${method} /a - chunked ${hidden}`]);
  });

  it('got(): says nothing of a body that is not there', async () => {
    await backend.got('a', options);
    expect(seen).toEqual([`${method} /a - - `]);
  });

  it('got(): refuses a stream with Expect that says nothing of its end', async () => {
    const headers = { expect: '100-continue' };
    expect(await rejection(backend.got('a', { ...options, headers, body: pieces() }))).toMatchObject({
      message: expect.stringContaining('Expect'),
    });
    expect(seen.join()).not.toContain('hidden');
  });
});

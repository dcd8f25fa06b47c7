/** What fetch gives: all there, or with a body that is still coming. */

import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createBackends } from 'oauth2-backend';
import { type ClientWorld, clientWorld, rejection } from '../client-world.js';
import { runModule } from '../run-module.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

/** A backend whose answers begin with `one`; gives the answer at the server, to go on with. */
async function slow(changes: object = {}) {
  let arrived: (response: ServerResponse) => void = () => {};
  const server = new Promise<ServerResponse>((resolve) => {
    arrived = resolve;
  });
  const origin = await world.serve((request, response) => {
    if (request.url === '/from') return void response.writeHead(302, { location: '/to' }).end();
    response.writeHead(201, 'Made', [
      ['content-type', 'text/plain'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ] as never);
    response.write('one ');
    return arrived(response);
  });
  const { fetch } = world.backend({ origin, ...changes });
  return { fetch, origin, server };
}

describe('an answer', () => {
  it.each(['there', 'coming'])("is Node's own Response while its body is %s", async (state) => {
    const origin = await world.serve((_, response) => {
      response.setHeader('x-a', '1');
      if (state === 'there') response.end('one two');
      else {
        response.write('one ');
        setTimeout(() => response.end('two'), 30);
      }
    });
    const response = await world.backend({ origin }).fetch('x#part');
    for (const each of [response, response.clone()]) {
      expect(each).toBeInstanceOf(Response);
      expect(each.headers).toBeInstanceOf(Headers);
      expect(Object.getOwnPropertyNames(each)).toEqual(expect.arrayContaining(['url', 'redirected']));
      expect(each).toMatchObject({ url: `${origin}/x`, redirected: false, type: 'basic', status: 200, ok: true });
      expect(each.headers.get('x-a')).toBe('1');
      for (const change of ['set', 'append'] as const) {
        expect(() => each.headers[change]('x-a', '2')).toThrow(TypeError);
      }
      expect(() => each.headers.delete('x-a')).toThrow(TypeError);
      expect(await new Response(each.body, each).text()).toBe('one two');
      expect(each.bodyUsed).toBe(true);
      expect(() => each.clone()).toThrow('consumed');
    }
  });

  it('may be made by a Response that stands in for the global one, as those of nock and msw', async () => {
    const origin = await world.serve((_, response) => void response.setHeader('x-a', '1').end('text'));
    const { code, stdout, stderr } = await runModule(
      `
      import { createBackends } from 'oauth2-backend';
      globalThis.Response = new Proxy(Response, {
        construct(target, given, newTarget) {
          const response = Reflect.construct(target, given, newTarget);
          if (!(response.headers instanceof Headers) || typeof response.statusText !== 'string') throw new Error('no');
          return response;
        },
      });
      const response = await createBackends({ api: { origin: process.argv[1] } }).get('api').fetch('x');
      console.log(response instanceof Response, response.headers.get('x-a'), await response.text());
      process.exit(0);
    `,
      origin,
    );
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'true 1 text\n', stderr: '' });
  });

  it.each([204, 205, 304, 599, 600, 999])('of status %d is as the global fetch gives it', async (status) => {
    const origin = await world.serve((request, response) => {
      request.socket.end(`HTTP/1.1 ${status} Odd\r\nConnection: close\r\n\r\n${status > 500 ? 'body' : ''}`);
      void response;
    });
    const seen = async (response: Response) => [
      response.status,
      response.ok,
      response.statusText,
      response.body === null,
      response.clone().status,
      await response.text(),
    ];
    expect(await seen(await world.backend({ origin }).fetch('x'))).toEqual(await seen(await fetch(`${origin}/x`)));
  });

  it.each([
    ['gzip', gzipSync('text')],
    ['GZIP, br', brotliCompressSync(gzipSync('text'))],
  ])('that was decoded of %s names neither coding nor length', async (coding, bytes) => {
    const origin = await world.serve((_, response) => {
      response.writeHead(200, { 'content-encoding': coding, 'content-length': bytes.length, etag: '"a"' }).end(bytes);
    });
    const response = await world.backend({ origin }).fetch('x');
    for (const each of [response, response.clone()]) {
      expect([...each.headers.keys()]).toEqual(expect.not.arrayContaining(['content-encoding', 'content-length']));
      expect(each.headers.get('etag')).toBe('"a"');
      expect(await each.text()).toBe('text');
    }
  });

  it.each([
    ['HEAD', 'gzip'],
    ['GET', 'exi'],
    ['GET', 'exi, gzip'],
  ])('of %s that was not decoded of %s names coding and length', async (method, coding) => {
    const origin = await world.serve((_, response) => {
      response.writeHead(200, { 'content-encoding': coding, 'content-length': 4 }).end('abcd');
    });
    const { headers } = await world.backend({ origin }).fetch('x', { method });
    expect([headers.get('content-encoding'), headers.get('content-length')]).toEqual([coding, '4']);
  });
});

describe('an answer whose body is still coming', () => {
  it('is what fetch gives: status, headers, URL, body', async () => {
    const { fetch, origin, server } = await slow();
    const response = await fetch('from');
    const seen = { ok: true, status: 201, statusText: 'Made', type: 'basic', redirected: true, url: `${origin}/to` };
    expect(response).toMatchObject({ ...seen, bodyUsed: false });
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    const copy = response.clone();
    expect(copy).toMatchObject(seen);
    expect(copy.clone()).toMatchObject(seen);
    (await server).end('two');
    expect(await response.text()).toBe('one two');
    expect(response.bodyUsed).toBe(true);
    expect(await copy.text()).toBe('one two');
  });

  it('has any reason phrase that a server sends', async () => {
    const origin = await world.serve((_, response) => {
      response.socket?.write(`HTTP/1.1 200 \u20ac \x01\r\nContent-Length: 7\r\n\r\none `);
      setTimeout(() => response.socket?.write('two'), 50);
    });
    const response = await world.backend({ origin }).fetch('x');
    expect(response.statusText).toBe('\u20ac \x01');
    expect(response.clone().statusText).toBe('\u20ac \x01');
    expect(await response.text()).toBe('one two');
  });

  it("has headers that do not change, as an answer has that is all there; a blob's type is theirs", async () => {
    const { fetch, server } = await slow();
    const response = await fetch('x');
    const copy = response.clone();
    for (const { headers } of [response, copy]) {
      expect(() => headers.set('x-mine', '1')).toThrow(TypeError);
      expect(headers.get('set-cookie')).toBe('a=1, b=2');
    }
    (await server).end();
    expect((await response.blob()).type).toBe('text/plain');
    expect((await copy.blob()).type).toBe('text/plain');
  });

  it('comes as it is read', async () => {
    const { fetch, server } = await slow();
    const { body } = await fetch('x');
    const reader = body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('one ');
    (await server).write('two');
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('two');
    (await server).end();
    expect((await reader?.read())?.done).toBe(true);
  });

  it("can be read into the reader's own memory", async () => {
    const { fetch, server } = await slow();
    const { body } = await fetch('x');
    const reader = body?.getReader({ mode: 'byob' });
    expect(Buffer.from((await reader?.read(new Uint8Array(3)))?.value ?? []).toString()).toBe('one');
    expect(Buffer.from((await reader?.read(new Uint8Array(3)))?.value ?? []).toString()).toBe(' ');
    const end = reader?.read(new Uint8Array(3));
    (await server).end();
    expect((await end)?.done).toBe(true);
  });

  it("ends with the signal's own reason, whoever reads it", async () => {
    const { fetch } = await slow();
    const controller = new AbortController();
    const response = await fetch('x', { signal: controller.signal });
    const copy = response.clone();
    const reason = { mine: true };
    controller.abort(reason);
    await expect(response.text()).rejects.toBe(reason);
    await expect(copy.text()).rejects.toBe(reason);
  });

  it('that breaks off is a failure of the backend: 502', async () => {
    const { fetch, server } = await slow();
    const response = await fetch('x');
    (await server).destroy();
    const error = await rejection(response.text());
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: 'terminated', statusCode: 502, expose: false });
  });

  it('can be cancelled: its connection is closed', async () => {
    const { fetch, server } = await slow({ timeout: '0s' });
    const response = await fetch('x');
    const closed = new Promise((resolve) => {
      void server.then((answer) => answer.once('close', resolve));
    });
    await response.body?.cancel('enough');
    expect(await Promise.race([closed.then(() => 'closed'), delay(2_000, 'open')])).toBe('closed');
    expect(response.bodyUsed).toBe(true);
  });

  it.each(['response', 'response.clone()', 'response.body'])('is all there for who reads it late: %s', async (kept) => {
    const origin = await world.serve((_, response) => {
      response.write('one ');
      setTimeout(() => response.end('two'), 150);
    });
    const { code, stdout } = await runModule(
      `
      import { setFlagsFromString } from 'node:v8';
      import { runInNewContext } from 'node:vm';
      import { createBackends } from 'oauth2-backend';
      setFlagsFromString('--expose-gc');
      const gc = runInNewContext('gc');
      const { fetch } = createBackends({ api: { origin: process.argv[1] } }).get('api');
      const late = async () => {
        const response = await fetch('x');
        return ${kept};
      };
      const kept = await late();
      for (let round = 0; round < 20; round++) await new Promise((resolve) => setTimeout(() => resolve(gc()), 20));
      console.log(await new Response(kept.body ?? kept).text());
      process.exit(0);
    `,
      origin,
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'one two\n' });
  });

  it('holds no connection when nobody keeps it', async () => {
    const origin = await world.serve((_, response) => void response.write('a'));
    const { code, stdout } = await runModule(
      `
      import { setFlagsFromString } from 'node:v8';
      import { runInNewContext } from 'node:vm';
      import { createBackends } from 'oauth2-backend';
      setFlagsFromString('--expose-gc');
      const gc = runInNewContext('gc');
      const token = { value: 'a', type: 'Bearer', issuedAt: 0, expiresAt: Number.MAX_SAFE_INTEGER };
      const backends = createBackends({ api: { origin: process.argv[1], max_connections: 1, oauth2: { token: async () => token, current: () => token } } });
      const { fetch } = backends.get('api');
      const status = async () => (await fetch('x')).status;
      const statuses = [];
      const hold = setInterval(gc, 20);
      for (let call = 0; call < 3; call++) statuses.push(await status());
      clearInterval(hold);
      console.log(statuses.join());
      process.exit(0);
    `,
      origin,
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: '200,200,200\n' });
  });
});

describe('a call that ends before its headers are there', () => {
  it('closes a stream that it has not begun to send', async () => {
    const oauth2 = { token: () => new Promise<never>(() => {}) };
    const api = createBackends({ api: { origin: world.api.origin, oauth2 } }).get('api');
    for (const send of [api.fetch, api.request]) {
      const reasons: unknown[] = [];
      const web = new ReadableStream({ cancel: (reason) => void reasons.push(reason) });
      const file = new PassThrough();
      for (const body of [web, file]) {
        const controller = new AbortController();
        const failed = rejection(send('x', { method: 'POST', body, signal: controller.signal } as never));
        controller.abort(new Error('enough'));
        expect(await failed).toMatchObject({ message: 'enough' });
      }
      expect(reasons).toMatchObject([{ message: 'enough' }]);
      expect(file.destroyed).toBe(true);
    }
  });

  it('ends at once although the connection does not come', async () => {
    const origin = await world.serve(() => {});
    const { fetch } = world.backend({ origin, max_connections: 1 });
    const first = new AbortController();
    const second = new AbortController();
    const held = rejection(fetch('x', { signal: first.signal }));
    const queued = rejection(fetch('x', { signal: second.signal }));
    await delay(20);
    second.abort(new Error('enough'));
    expect(await queued).toMatchObject({ message: 'enough' });
    first.abort(new Error('enough, too'));
    expect(await held).toMatchObject({ message: 'enough, too' });
  });
});

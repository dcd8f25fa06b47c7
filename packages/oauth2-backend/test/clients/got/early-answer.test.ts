/** Answers that end before the upload has, of a server that then reads no more (RFC 9110 §15.5.14). */

import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Backend } from 'oauth2-backend';
import { type ClientWorld, clientWorld } from '../client-world.js';

let world: ClientWorld;
let backend: Backend;
let uploads: Socket[];
beforeEach(async () => {
  uploads = [];
  world = await clientWorld();
  const origin = await world.serve((request, response) => {
    if (request.method !== 'POST') return void response.end('ok');
    uploads.push(request.socket);
    request.pause();
    request.socket.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\n\r\nlarge');
  });
  backend = world.backend({ origin, max_connections: 1 });
});
afterEach(() => world.close());

describe('got.stream()', () => {
  const upload = () => {
    const body = Readable.from(Array.from({ length: 300 }, () => Buffer.alloc(100_000)));
    return text(backend.got.stream.post('a', { body, throwHttpErrors: false }));
  };

  it('gives the connection of an upload that nobody reads back', async () => {
    expect(await upload()).toBe('large');
    expect(await backend.got('b').text()).toBe('ok');
  });

  it('does not end the process when the connection breaks after the answer', async () => {
    expect(await upload()).toBe('large');
    uploads[0]?.resetAndDestroy();
    expect(await backend.got('b').text()).toBe('ok');
  });
});

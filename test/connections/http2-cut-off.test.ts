/** What an upload over HTTP/2 that is cut off is on the wire: never a whole one. */

import { once } from 'node:events';
import { constants } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import tls, { type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Backends, createBackends, staticToken } from 'oauth2-backend';
import { certificateAuthority } from 'test-servers/certificates';
import { rejection } from '../../packages/oauth2-backend/test/clients/client-world.js';

const PREFACE = 24;
const HEAD = 9;
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
const [DATA, HEADERS, RST_STREAM] = [0, 1, 3];
const END_STREAM = 1;

interface Frame {
  readonly type: number;
  readonly ends: boolean;
  readonly payload: Buffer;
}

const authority = certificateAuthority();
const { cert, key } = authority.server('localhost');
const sockets = new Set<TLSSocket>();
let frames: Frame[];
let server: tls.Server;
let backends: Backends<{ api: object }>;

/** It reads frames (RFC 9113 §4.1) and answers nothing: Node's own server shows an end and a reset alike. */
beforeEach(async () => {
  frames = [];
  server = tls.createServer({ cert, key, ALPNProtocols: ['h2'] }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).write(SETTINGS);
    let bytes = Buffer.alloc(0);
    let skipped = false;
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!skipped && bytes.length < PREFACE) return;
      if (!skipped) bytes = bytes.subarray(PREFACE);
      skipped = true;
      while (bytes.length >= HEAD && bytes.length >= HEAD + bytes.readUIntBE(0, 3)) {
        const size = HEAD + bytes.readUIntBE(0, 3);
        const type = bytes.readUInt8(3);
        const ends = type <= HEADERS && (bytes.readUInt8(4) & END_STREAM) > 0;
        if (bytes.readUInt32BE(5) > 0) frames.push({ type, ends, payload: bytes.subarray(HEAD, size) });
        bytes = bytes.subarray(size);
        server.emit('frame');
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  const trust = { server_ca_certificate: authority.ca };
  backends = createBackends({ api: { origin, http2: true, tls: trust, oauth2: staticToken('token') } });
});
afterEach(async () => {
  await backends.close({ timeout: 0 });
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  server.close();
});

async function arrival(type: number): Promise<void> {
  while (!frames.some((frame) => frame.type === type)) await once(server, 'frame');
}

describe('upload over HTTP/2 that is cut off', () => {
  const lengths = [
    ['with a length', { 'content-length': '8' }],
    ['without a length', {}],
  ] as const;
  const ways = [
    ['its signal fires', (controller: AbortController) => controller.abort()],
    ['its stream fails', (_: AbortController, body: PassThrough) => body.destroy(new Error('left'))],
  ] as const;
  const cases = lengths.flatMap(([length, headers]) => ways.map(([way, cut]) => ({ length, headers, way, cut })));

  it.each(cases)('is reset, and never ended, $length, when $way', async ({ headers, cut }) => {
    const controller = new AbortController();
    const body = new PassThrough();
    const { signal } = controller;
    const failed = rejection(backends.get('api').request('x', { method: 'POST', headers, body, signal }));
    body.write('half');
    await arrival(DATA);
    cut(controller, body);
    await failed;
    await arrival(RST_STREAM);
    expect(frames.map(({ type, ends }) => [type, ends])).toEqual([
      [HEADERS, false],
      [DATA, false],
      [RST_STREAM, false],
    ]);
    expect(frames.at(-1)?.payload.readUInt32BE()).toBe(constants.NGHTTP2_CANCEL);
  });
});

import { getEventListeners, once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BackendGot } from 'oauth2-backend';
import { type ClientWorld, clientWorld, rejection } from '../client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

type Streams = BackendGot['stream'];
type Stream = ReturnType<Streams>;

// `for await` would destroy what it has read.
const ways: [string, (streams: Streams, signal: AbortSignal) => Promise<Stream>][] = [
  ['read', async (streams, signal) => ended(streams('x', { signal }).resume())],
  [
    'piped',
    async (streams, signal) => {
      const stream = streams('x', { signal });
      stream.pipe(new PassThrough().resume());
      return ended(stream);
    },
  ],
  ['posted', async (streams, signal) => ended(streams.post('echo', { signal, body: 'abc' }).resume())],
  [
    'written to',
    async (streams, signal) => {
      const stream = streams.post('echo', { signal });
      stream.end('abc');
      return ended(stream.resume());
    },
  ],
];

describe.each(ways)('got.stream() to its end: %s', (_, run) => {
  it("leaves nothing listening on the caller's signal", async () => {
    const { signal } = new AbortController();
    await run(world.backend().got.stream, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('is over for close()', async () => {
    const backends = world.backends();
    await run(backends.get('api').got.stream, new AbortController().signal);
    // Waiting for the stream would take longer than the test may.
    await backends.close({ timeout: 60_000 });
  });

  it('is not ended by timeout later', async () => {
    const backend = world.backend({ timeout: '600ms' });
    const stream = await run(backend.got.stream, new AbortController().signal);
    const errors: unknown[] = [];
    stream.on('error', (error) => errors.push(error));
    world.api.hold();
    // A call that starts later has reached the limit: the stream would have.
    await rejection(backend.got('held'));
    expect(errors).toEqual([]);
  });
});

async function ended(stream: Stream): Promise<Stream> {
  await once(stream, 'end');
  return stream;
}

/** An answer of a backend's fetch as the body of Koa's own. */

import { once } from 'node:events';
import http, { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import Koa from 'koa';
import { backends } from 'koa-oauth2-backend';
import { listen } from 'test-servers/listen';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function serve(listener: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const { origin, close } = await listen(createServer(listener));
  ends.push(() => void close());
  return origin;
}

/** A Koa application whose answer is its backend's. */
async function passingOn(origin: string): Promise<string> {
  const made = backends({ billing: { origin } });
  ends.push(() => void made.close({ timeout: 0 }));
  const app = new Koa();
  app.use(made);
  app.use(async (ctx) => {
    ctx.body = await made.of(ctx).billing.fetch('x');
  });
  const handle = app.callback();
  return serve((request, response) => void handle(request, response));
}

describe('ctx.body = await ctx.backends.billing.fetch(path) in Koa 3', () => {
  it('streams the answer, its status and its headers', async () => {
    let finish = () => {};
    const url = await passingOn(
      await serve((_, response) => {
        response.writeHead(202, {
          'content-type': 'text/event-stream',
          'set-cookie': 'a=1',
          'access-control-allow-origin': '*',
        });
        response.write('one ');
        finish = () => response.end('two');
      }),
    );
    const [answer] = (await once(http.get(url), 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(202);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'set-cookie': ['a=1'],
      'access-control-allow-origin': '*',
    });
    answer.setEncoding('utf8');
    const chunks: unknown[] = [];
    for await (const chunk of answer) {
      chunks.push(chunk);
      finish();
    }
    expect(chunks).toEqual(['one ', 'two']);
  });

  it('sends the bytes that fetch has decoded, and no header that describes others', async () => {
    const bytes = gzipSync('an invoice');
    const url = await passingOn(
      await serve((_, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': bytes.length }).end(bytes);
      }),
    );
    const answer = await fetch(url);
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(await answer.text()).toBe('an invoice');
  });
});

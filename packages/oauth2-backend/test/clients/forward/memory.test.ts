import { describe, expect, it } from '@jest/globals';
import { runModule } from '../run-module.js';

const MIB = 1024 * 1024;

/** Sends a large body through an application and back, in one process with the API; prints what memory that took. */
const echo = `
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createServer, request } from 'node:http';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBackends, staticToken } from 'oauth2-backend';
const size = Number(process.argv[1]);
const listen = async (listener) => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
};
const api = await listen((inbound, response) => inbound.pipe(response));
const backends = createBackends({ api: { origin: 'http://127.0.0.1:' + api, oauth2: staticToken('good') } });
const application = await listen(async (inbound, response) => {
  const { status, headers, body } = await backends.get('api').forward(inbound);
  body.pipe(response.writeHead(status, headers));
});
// What is in use, not what lies about: that is as much as each Node likes.
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
const used = () => {
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const before = used();
let peak = before;
const watch = setInterval(() => { peak = Math.max(peak, used()); }, 50);
const chunk = Buffer.alloc(65536, 'x');
let left = size;
const source = new Readable({ read() { left > 0 ? this.push(chunk) : this.push(null); left -= chunk.length; } });
let got = 0;
// It stands still for a while, so that everybody before it has to wait.
const sink = new Writable({ write(part, _, done) { if (got === 0) setTimeout(done, 700); else setImmediate(done); got += part.length; } });
const asked = request({ host: '127.0.0.1', port: application, method: 'POST', headers: { 'content-length': size } });
const [[answer]] = await Promise.all([once(asked, 'response').then(async (args) => { await pipeline(args[0], sink); return args; }), pipeline(source, asked)]);
clearInterval(watch);
console.log(JSON.stringify({ status: answer.statusCode, got, peak: peak - before }));
process.exit();
`;

/** Sends a body in chunks of one byte to an API that never answers; prints what is kept of it. */
const tiny = `
import { once } from 'node:events';
import { connect, createServer as listenRaw } from 'node:net';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createBackends, staticToken } from 'oauth2-backend';
const [count, requests] = process.argv.slice(1).map(Number);
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
const used = () => {
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
let arrived = 0;
const api = listenRaw((socket) => socket.on('data', (data) => { arrived += data.length; })).listen(0, '127.0.0.1');
await once(api, 'listening');
const backends = createBackends({ api: { origin: 'http://127.0.0.1:' + api.address().port, oauth2: staticToken('good') } });
const application = createServer((inbound) => void backends.get('api').forward(inbound)).listen(0, '127.0.0.1');
await once(application, 'listening');
const before = used();
const chunks = '1\\r\\nx\\r\\n'.repeat(count);
const wanted = requests * chunks.length;
for (let index = 0; index < requests; index += 1) {
  connect(application.address().port, '127.0.0.1').write('POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n' + chunks);
}
while (arrived < wanted) await delay(20);
await delay(100);
console.log(JSON.stringify({ each: (used() - before) / requests }));
process.exit();
`;

describe('backend.forward(request)', () => {
  it('keeps a body in tiny chunks in little more than its own size', async () => {
    const ended = await runModule(tiny, '60000', '5');
    expect(ended.stderr).toBe('');
    expect(JSON.parse(ended.stdout).each).toBeLessThan(MIB);
  }, 25_000);

  it('takes the same little memory for 256 MiB both ways', async () => {
    const ended = await runModule(echo, String(256 * MIB));
    expect(ended.stderr).toBe('');
    const { status, got, peak } = JSON.parse(ended.stdout);
    expect([status, got]).toEqual([200, 256 * MIB]);
    expect(peak).toBeLessThan(64 * MIB);
  }, 25_000);
});

/** Bodies that no process should hold. */
import { once } from 'node:events';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { figure, mebibytes } from '../report/figures.js';
import { closeAll } from '../world.js';
import { forwardingApplications, forwardTitles } from './forwarding.js';

const CHUNK = Buffer.alloc(64 * 1024);

/** A large answer and a large request through each forwarding application: what the application holds meanwhile. */
export async function largeBodies(world, { pick }) {
  const bytes = pick(2 ** 30, 2 ** 25);
  const applications = await forwardingApplications(world, { origin: world.origins.careful });
  const rows = [];
  const grown = [];
  for (const application of applications) {
    await Promise.all([download(application.origin, 2 ** 22), upload(application.origin, 2 ** 22)]);
    const down = await watched(application, () => download(application.origin, bytes));
    const up = await watched(application, () => upload(application.origin, bytes));
    rows.push([
      application.title,
      ...[down, up].flatMap(({ start, peak }) => [mebibytes(peak), mebibytes(peak - start)]),
    ]);
    if (application.title === forwardTitles.ours) grown.push(down.peak - down.start, up.peak - up.start);
  }
  await closeAll(applications);
  return {
    title: `A body of ${mebibytes(bytes)}`,
    text: 'Through each forwarding application, from the API and to it; resident memory of the application at its highest, sampled each 10 ms, and how much that is above the beginning.',
    columns: ['application', 'answer: peak', 'above the beginning', 'request: peak', 'above the beginning'],
    rows,
    figures: [
      figure('resident memory of `forward` above the beginning, either way', Math.max(...grown) / 2 ** 20, {
        atMost: 96,
        digits: 0,
        unit: ' MiB',
      }),
    ],
  };
}

async function watched(application, work) {
  await application.ask('watchMemory');
  await work();
  return application.ask('watchMemory');
}

async function download(origin, bytes) {
  const outgoing = request(`${origin}/api/bytes?count=${bytes}`).end();
  const [response] = await once(outgoing, 'response');
  let received = 0;
  for await (const chunk of response) received += chunk.length;
  assertAll(received, bytes);
}

async function upload(origin, bytes) {
  const headers = { 'content-type': 'application/octet-stream', 'content-length': bytes };
  const outgoing = request(`${origin}/api/count`, { method: 'POST', headers });
  const answered = once(outgoing, 'response');
  await pipeline(Readable.from(chunks(bytes)), outgoing);
  const [response] = await answered;
  assertAll((await json(response)).received, bytes);
}

function* chunks(bytes) {
  for (let left = bytes; left > 0; left -= CHUNK.length) yield left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
}

function assertAll(received, bytes) {
  if (received !== bytes) throw new Error(`${received} of ${bytes} bytes arrived`);
}

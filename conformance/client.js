/** The client of a cell: what it sends, and what it reads and when. */
import { once } from 'node:events';
import { request as send } from 'node:http';
import { connect } from 'node:net';
import { within } from './mismatch.js';

/** The client of an application on this port. */
export function client(port) {
  const opened = new Set();
  const ends = (one) => {
    opened.add(one);
    one.once('close', () => opened.delete(one));
    return one;
  };

  /** Begins a request whose body the row writes; gives it and a promise of the answer's head. */
  function begin(path, { method = 'POST', headers = {}, agent = false } = {}) {
    const request = ends(send({ host: '127.0.0.1', port, path, method, headers, agent }));
    const head = once(request, 'response').then(([answer]) => {
      answer.on('error', () => undefined);
      return answer;
    });
    head.catch(() => undefined);
    request.on('error', () => undefined);
    return { request, head };
  }

  return {
    port,
    begin,

    /** Sends all of a request and reads all of its answer. */
    async ask(path, { body, method = body === undefined ? 'GET' : 'POST', headers = {}, agent } = {}) {
      const framed = body === undefined ? headers : { 'content-length': Buffer.byteLength(body), ...headers };
      const { request, head } = begin(path, { method, headers: framed, ...(agent && { agent }) });
      request.end(body);
      const answer = await within('hangs', head);
      const bytes = Buffer.concat(await within('hangs', answer.toArray()));
      return {
        status: answer.statusCode,
        phrase: answer.statusMessage,
        headers: answer.headers,
        raw: answer.rawHeaders,
        trailers: answer.trailers,
        body: bytes,
        text: String(bytes),
      };
    },

    /** Sends these bytes, and gives what comes back until the connection closes. */
    async write(text) {
      const socket = ends(connect(port, '127.0.0.1'));
      socket.on('error', () => undefined);
      socket.write(text, 'latin1');
      const chunks = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      await within('hangs', once(socket, 'close'));
      return Buffer.concat(chunks).toString('latin1');
    },

    close() {
      for (const one of opened) one.destroy();
    },
  };
}

/** What arrives next of a stream; in time, or it is late. */
export async function nextChunk(stream) {
  const [chunk] = await within('late', once(stream, 'data'));
  return String(chunk);
}

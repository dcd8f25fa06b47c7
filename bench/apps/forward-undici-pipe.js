/** What one writes by hand with undici: a request and two pipes, without any rule of a proxy. */
import { pipeline } from 'node:stream/promises';
import { Agent, request } from 'undici';
import { constantHeader } from '../contenders/constant-header.js';

/** Only what describes the body goes along. */
export async function attach(application, options) {
  const { authorization } = await constantHeader(options);
  const dispatcher = new Agent();
  application.use('/api', async (req, res) => {
    const headers = { authorization };
    for (const name of ['accept', 'content-type', 'content-length']) {
      if (req.headers[name] !== undefined) headers[name] = req.headers[name];
    }
    const { method } = req;
    const body = method === 'GET' || method === 'HEAD' ? null : req;
    const answer = await request(`${options.origin}${req.url}`, { dispatcher, method, headers, body });
    res.writeHead(answer.statusCode, answer.headers);
    await pipeline(answer.body, res);
  });
}

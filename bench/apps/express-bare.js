/** The same application with the bare client and a constant header. */
import got from 'got';
import { Agent, fetch, request } from 'undici';
import { constantHeader } from '../contenders/constant-header.js';

const makers = {
  request: (url, headers) => async (_req, res) => {
    const { body } = await request(url, { headers });
    res.json(await body.json());
  },
  fetch(url, headers) {
    const dispatcher = new Agent();
    return async (_req, res) => {
      const response = await fetch(url, { headers, dispatcher });
      res.json(await response.json());
    };
  },
  got(url, headers) {
    const client = got.extend({ headers, retry: { limit: 0 } });
    return async (_req, res) => {
      res.json(await client(url).json());
    };
  },
};

/** One route, as with us. */
export async function attach(application, options) {
  application.get('/data', makers[options.through](`${options.origin}/data`, await constantHeader(options)));
}

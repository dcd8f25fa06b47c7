/** The proxy that everybody writes, as something to compare with: `node:http`, `node:http2` and `pipe`. */
import { request as send } from 'node:http';
import { connect, constants } from 'node:http2';

const { HTTP2_HEADER_STATUS: STATUS } = constants;

/** A request listener that sends what is below `mount` on to what is below `prefix` of the origin, with a token. */
export function bareProxy({ origin, ca, mount, prefix, token }) {
  const session = origin.startsWith('https:') ? connect(origin, { ca }) : undefined;
  session?.on('error', () => undefined);

  function overHttp1(req, res, path) {
    const headers = { ...req.headers, host: new URL(origin).host, authorization: `Bearer ${token}` };
    const asked = send(`${origin}${path}`, { method: req.method, headers }, (answer) => {
      res.writeHead(answer.statusCode, answer.headers);
      answer.pipe(res);
    });
    asked.on('error', () => res.writeHead(502).end());
    req.pipe(asked);
  }

  function overHttp2(req, res, path) {
    const { host: _, connection: __, 'transfer-encoding': ___, ...headers } = req.headers;
    const pseudo = { ':method': req.method, ':path': path, authorization: `Bearer ${token}` };
    const asked = session.request({ ...headers, ...pseudo }, { endStream: false });
    asked.on('response', ({ [STATUS]: status, ...answered }) => {
      res.writeHead(status, answered);
      asked.pipe(res);
    });
    asked.on('error', () => res.writeHead(502).end());
    req.pipe(asked);
  }

  const listener = (req, res) => (session ? overHttp2 : overHttp1)(req, res, prefix + req.url.slice(mount.length));
  return { listener, close: () => session?.destroy() };
}

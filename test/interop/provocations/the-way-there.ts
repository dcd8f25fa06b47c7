/** What stands between: names, ports, TLS, proxies, gateways, pages. */
import { answers } from './answers.js';
import type { Group, Provocation } from './provocation.js';
import type { Servers } from './servers.js';

const to =
  (url: (servers: Servers) => string, more: (servers: Servers) => object = () => ({})) =>
  (servers: Servers) => ({
    token_endpoint: url(servers),
    backend: more(servers),
  });
const trusting = ({ ca }: Servers) => ({ tls: { server_ca_certificate: ca } });
const hurried = () => ({ timeout: '500ms' });
const address = (port: number, scheme = 'http') => `${scheme}://localhost:${port}/token`;

const connection: Provocation[] = [
  {
    title: 'no such host',
    oauth2: to(() => 'https://as.invalid/token'),
    says: ['as.invalid:443', /no such host name: is "token_endpoint" right|no DNS server answered/],
  },
  {
    title: 'closed port',
    oauth2: to(({ closed }) => address(closed)),
    says: ['nothing listens there', 'is the port of "token_endpoint" right?', /localhost:\d+/],
  },
  {
    title: 'closed port of TLS',
    oauth2: to(({ closed }) => address(closed, 'https')),
    says: ['nothing listens there'],
  },
  {
    title: 'https:// for http://',
    oauth2: to(({ scripted }) => scripted.url.replace('http:', 'https:')),
    says: ['is it http://?'],
  },
  { title: 'http:// for https://', oauth2: to(({ trusted }) => address(trusted.port)), says: ['is it https://?'] },
  {
    title: 'closes without an answer',
    oauth2: to(({ closing }) => address(closing.port)),
    says: ['closed the connection without an answer', 'is it https://?'],
  },
  { title: 'speaks SSH', oauth2: to(({ ssh }) => address(ssh.port)), says: ['no HTTP', 'another port'] },
  { title: 'speaks SSH, not TLS', oauth2: to(({ ssh }) => address(ssh.port, 'https')), says: ['is it http://?'] },
  {
    title: 'no handshake',
    oauth2: to(({ deaf }) => address(deaf.port, 'https'), hurried),
    says: ['within 500 ms', 'TLS handshake', 'is it http://?'],
  },
  {
    title: 'no answer',
    oauth2: to(({ silent }) => address(silent.port), hurried),
    says: ['within 500 ms', 'the request was sent, and no answer came'],
  },
  {
    title: 'half an answer',
    oauth2: to(({ halfBody }) => address(halfBody.port), hurried),
    says: ["the answer's body did not end"],
  },
  {
    title: 'a slow server',
    oauth2: { backend: { timeout: '500ms' } },
    answer: { delay: 2_000 },
    says: ['within 500 ms', 'no answer came'],
  },
];

const tls: Provocation[] = [
  {
    title: 'self-signed',
    oauth2: to(({ selfSigned }) => address(selfSigned.port, 'https')),
    says: ['is signed by itself', '"billing.oauth2.backend.tls.server_ca_certificate_file"'],
  },
  {
    title: 'unknown authority',
    oauth2: to(({ trusted }) => address(trusted.port, 'https')),
    says: ['not trusted', '"billing.oauth2.backend.tls.server_ca_certificate_file"'],
  },
  {
    title: 'expired',
    oauth2: to(({ expired }) => address(expired.port, 'https'), trusting),
    says: ['has expired', 'by our clock it is'],
  },
  {
    title: 'not valid yet',
    oauth2: to(({ notYetValid }) => address(notYetValid.port, 'https'), trusting),
    says: ['is not valid yet', 'by our clock it is'],
  },
  {
    title: 'for another name',
    oauth2: to(({ otherName }) => address(otherName.port, 'https'), trusting),
    says: ['other.example', 'is the host right?', '"billing.oauth2.backend.hostname"'],
  },
  {
    title: 'client certificate missing',
    oauth2: to(({ mutual }) => address(mutual.port, 'https'), trusting),
    says: ['wants a client certificate', 'tls.client_certificate_file'],
  },
  {
    title: 'an old TLS',
    oauth2: to(({ oldTls }) => address(oldTls.port, 'https'), trusting),
    says: ['another version of TLS'],
  },
];

const through = (proxy: (servers: Servers) => string, more: object = {}) =>
  to(
    ({ trusted }) => address(trusted.port, 'https'),
    (servers) => ({ ...trusting(servers), ...more, proxy: proxy(servers) }),
  );
const place = '"billing.oauth2.backend.proxy"';
const proxies: Provocation[] = [
  {
    title: 'proxy down',
    oauth2: through(({ closed }) => `http://127.0.0.1:${closed}`),
    says: ['the proxy 127.0.0.1:', 'nothing listens there', place],
  },
  {
    title: 'no such proxy',
    oauth2: through(() => 'http://proxy.invalid:3128'),
    says: ['proxy.invalid:3128', /no such host name|no DNS server answered/],
  },
  {
    title: 'proxy wants a password',
    oauth2: through(({ guarded }) => guarded.url),
    says: ['wants user and password', place],
  },
  {
    title: 'proxy refuses a password',
    oauth2: through(({ guarded }) => guarded.urlWith('gate:s3cr3t-wrong')),
    says: ['does not take user and password', place],
  },
  {
    title: 'proxy wants a password for http',
    oauth2: to(
      ({ scripted }) => scripted.url,
      ({ guarded }) => ({ proxy: guarded.url }),
    ),
    says: ['wants user and password', place],
  },
  {
    title: 'proxy forbids',
    oauth2: through(({ forbidding }) => forbidding.url),
    says: ['does not let anybody through', 'NO_PROXY'],
  },
  { title: 'proxy has no way', oauth2: through(({ lost }) => lost.url), says: ['has no way to localhost:'] },
  { title: 'proxy is none', oauth2: through(({ noProxy }) => noProxy.url), says: ['is it an HTTP proxy?'] },
  {
    title: 'proxy without an answer',
    oauth2: through(({ stalled }) => stalled.url, hurried()),
    says: ['did not answer CONNECT'],
  },
  {
    title: 'proxy that speaks TLS',
    oauth2: through(({ trusted }) => `http://localhost:${trusted.port}`),
    says: [/proxy localhost:/, /https|"billing.oauth2.backend.proxy"|is it an HTTP proxy/],
  },
];

export const theWayThere: Group = {
  working: ({ scripted }) => ({
    grant_type: 'client_credentials',
    token_endpoint: scripted.url,
    client_id: 'shop',
    client_secret: 's3cr3t-of-the-shop',
  }),
  provocations: [...connection, ...tls, ...proxies, ...answers],
};

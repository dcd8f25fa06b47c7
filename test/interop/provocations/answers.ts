/** Answers of what is no authorization server, or of one in trouble. */
import { type Provocation, page } from './provocation.js';

const right = 'is "token_endpoint" right?';
const json = { 'content-type': 'application/json' };
export const answers: Provocation[] = [
  {
    title: 'redirect to a login',
    answer: { status: 302, headers: { location: 'https://login.example/sign-in?state=s3cr3t' } },
    says: ['https://login.example/sign-in', right],
  },
  {
    title: 'redirect to https',
    answer: { status: 301, headers: { location: 'https://as.example/token' } },
    says: ['https://as.example/token', right],
  },
  { title: 'redirect to a path', answer: { status: 308, headers: { location: '/token/' } }, says: ['/token/', right] },
  { title: 'HTML 404', answer: page(404, 'Not Found'), says: [right, '/token)'] },
  { title: 'HTML 200: an application', answer: page(200, 'My application'), says: ['an HTML page', right] },
  { title: 'HTML 401', answer: page(401, 'Please sign in'), says: ['Please sign in', /client_id|token_endpoint/] },
  {
    title: 'HTML 403: a firewall',
    answer: page(403, 'Access Denied by policy 17'),
    says: ['Access Denied by policy 17', 'firewall', 'this machine'],
  },
  { title: 'HTML 502', answer: page(502, '502 Bad Gateway'), says: ['down or overloaded'] },
  { title: 'HTML 503', answer: page(503, 'Maintenance'), says: ['Maintenance', 'down or overloaded'] },
  { title: 'HTML 504', answer: page(504, 'Gateway Time-out'), says: ['down or overloaded'] },
  { title: '500', answer: { status: 500, body: '' }, says: ['the server failed; its log says why'] },
  { title: '405', answer: { status: 405, body: '' }, says: ['takes no POST', right] },
  { title: '413', answer: { status: 413, body: '' }, says: ['larger than the server takes'] },
  { title: '415', answer: { status: 415, body: '' }, says: ['takes no forms', right] },
  { title: '421', answer: { status: 421, body: '' }, says: ['"billing.oauth2.backend.hostname"'] },
  {
    title: '429 with Retry-After',
    answer: { status: 429, headers: { 'retry-after': '30' }, body: '' },
    says: ['too many token requests'],
  },
  {
    title: 'empty 401',
    answer: { status: 401, body: '' },
    says: ['without a reason', 'client_id, secret, kid or aud'],
  },
  { title: 'empty 403', answer: { status: 403, body: '' }, says: ['without a reason', 'a disabled client'] },
  { title: 'empty 200', answer: { status: 200, body: '' }, says: ['an empty body', right] },
  {
    title: 'a numeric error',
    answer: { status: 401, headers: json, body: { message: 'Unauthorized', error: 401 } },
    says: ['error 401', 'client_id, secret'],
  },
  {
    title: 'no access_token',
    answer: { status: 200, body: { id: 7, user: 'ann' } },
    says: ['without an access_token', '"id", "user"', right],
  },
  {
    title: 'metadata',
    answer: { status: 200, body: { issuer: 'https://as.example', token_endpoint: 'https://as.example/right' } },
    says: ['a metadata document', 'https://as.example/right'],
  },
  {
    title: 'a token of another type',
    answer: { status: 200, body: { access_token: 's3cr3t-token', token_type: 'mac' } },
    says: ['mac', /bearer_token_types|Bearer/],
  },
  {
    title: 'SOAP fault',
    answer: {
      status: 500,
      headers: { 'content-type': 'text/xml' },
      body: '<?xml version="1.0"?><Fault><faultstring>No route</faultstring></Fault>',
    },
    says: ['No route'],
  },
];

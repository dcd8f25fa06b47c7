/** What may be the matter, from what the steps have found out and the library's sentence does not know. */

import type { ResolvedBackend } from '../definitions/resolved.js';
import type { BackendReport, ExchangeStep, Step } from './report.js';

interface Found {
  readonly backend: ResolvedBackend;
  readonly steps: readonly Step[];
  readonly result: BackendReport['result'];
  /** The library's own sentence, which need not be said twice. */
  readonly told: string;
}

/** Each hint is one sentence; none where nothing is odd. */
export function hintsOf(found: Found): string[] {
  return [...new Set(RULES.flatMap((rule) => rule(found)))];
}

type Rule = (found: Found) => readonly string[];

const RULES: readonly Rule[] = [clock, trust, proxies, answeredByProxy, client, apiRefusal];

/** Milliseconds: what networks and whole seconds explain. */
const CLOCK_TOLERANCE = 10_000;

function clock({ steps, told }: Found): string[] {
  if (told.includes('our clock is')) return [];
  const off = exchangesOf(steps).flatMap(({ answer, request }) =>
    Math.abs(answer?.clockAhead ?? 0) > CLOCK_TOLERANCE ? [{ ahead: answer?.clockAhead ?? 0, url: request.url }] : [],
  );
  return off.slice(0, 1).map(({ ahead, url }) => {
    const seconds = Math.round(Math.abs(ahead) / 1000);
    const way = ahead > 0 ? 'ahead of' : 'behind';
    return `our clock is ${seconds} s ${way} that of ${new URL(url).host}: assertions and tokens are refused or end too early when clocks differ`;
  });
}

function trust({ steps }: Found): string[] {
  const failed = steps.find((step) => step.step === 'tls' && !step.ok);
  if (failed?.step !== 'tls' || !/SELF_SIGNED|UNABLE_TO/.test(failed.error?.code ?? '')) return [];
  const issuer = failed.certificates.at(-1)?.issuer;
  if (issuer === undefined) return [];
  return [
    `the authority is ${issuer}: your own, or that of a proxy in the way that reads TLS? NODE_EXTRA_CA_CERTS names it for a whole process`,
  ];
}

function proxies({ steps, result, backend }: Found): string[] {
  if (result !== 'failed') return [];
  const used = [backend.oauth2?.tokenBackend.proxy, backend.proxy].find((proxy) => proxy !== undefined);
  const failing = steps.find((step) => !step.ok);
  if (!used || !failing || !['look-up', 'connect', 'tunnel'].includes(failing.step) || !fromEnvironment(used.url))
    return [];
  return [`the proxy ${used.url} is from the environment (HTTPS_PROXY, HTTP_PROXY): NO_PROXY takes a host out`];
}

function fromEnvironment(url: string): boolean {
  const host = new URL(url).host;
  const names = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];
  return names.some((name) => process.env[name]?.includes(host));
}

function answeredByProxy({ steps }: Found): string[] {
  return exchangesOf(steps).flatMap(({ ok, answer }) => {
    if (ok || !answer || Object.keys(answer.body).includes('error')) return [];
    const sign = Object.keys(answer.headers).find((name) => PROXY_HEADERS.has(name));
    if (sign === undefined && ![407, 511].includes(answer.status)) return [];
    const seen = sign === undefined ? `status ${answer.status}` : `"${sign}: ${answer.headers[sign]}"`;
    return [`a proxy in the way may have answered in the server's place: ${seen}`];
  });
}

const PROXY_HEADERS = new Set([
  'proxy-authenticate',
  'proxy-status',
  'via',
  'x-squid-error',
  'x-bluecoat-via',
  'x-cache',
]);

function client({ steps, backend }: Found): string[] {
  const method = backend.oauth2?.clientAuth;
  const refused = failures(steps, 'token-request').at(-1)?.answer;
  if (method === undefined || method === 'client_secret_basic') return [];
  return /^basic(?: |$)/i.test(refused?.headers['www-authenticate'] ?? '')
    ? [
        `the server asks for HTTP Basic, and ${method} was sent: set "token_endpoint_auth_method" to "client_secret_basic"`,
      ]
    : [];
}

function apiRefusal({ steps, backend }: Found): string[] {
  const refused = failures(steps, 'call').find(({ answer }) => [401, 403].includes(answer?.status ?? 0));
  if (!refused) return [];
  const challenge = refused.answer?.headers['www-authenticate'] ?? '';
  const token = steps.find((step) => step.step === 'token');
  const claims = token?.step === 'token' ? token.jwt?.claims : undefined;
  if (/insufficient_scope/.test(challenge))
    return ['the API wants a scope that the token has not: add it to "scope" of "oauth2"'];
  if (claims?.['aud'] !== undefined) {
    return [
      `the token is for audience ${quoted(claims['aud'])}, issued by ${quoted(claims['iss'])}: if the API at ${backend.origin} expects another, set "params.resource" or "params.audience" of "oauth2"`,
    ];
  }
  return [
    'the token may be for another audience ("params.resource", "params.audience") or scope than the API expects, or its clock is off',
  ];
}

function exchangesOf(steps: readonly Step[]): ExchangeStep[] {
  return steps.flatMap((step) => (step.step === 'token-request' || step.step === 'call' ? [step] : []));
}

function failures(steps: readonly Step[], step: ExchangeStep['step']): ExchangeStep[] {
  return exchangesOf(steps).filter((exchange) => exchange.step === step && !exchange.ok);
}

function quoted(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}

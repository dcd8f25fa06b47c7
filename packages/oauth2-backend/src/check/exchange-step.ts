/** From a watched exchange to what may be told of it. */

import { withoutTokens } from '../token-request/token-like.js';
import { jsonOf, shownBody } from './answer-body.js';
import { jwtFacts } from './jwt-facts.js';
import { addParts } from './known-secrets.js';
import { MASKED, type Mask } from './mask.js';
import type { ExchangeStep } from './report.js';
import { shownUrl } from './shown-url.js';
import { stepError } from './step-error.js';
import type { Exchange } from './watched-transport.js';

/** What of a form is no secret. */
const PUBLIC_PARAMETERS = new Set([
  'actor_token_type',
  'audience',
  'client_assertion_type',
  'client_id',
  'grant_type',
  'requested_token_type',
  'resource',
  'scope',
  'subject_token_type',
  'username',
]);
const PUBLIC_HEADERS = /^(?:accept|content|host$|user-agent$)/;
const MOST_MEMBERS = 30;

/** Tells the mask what was sent and issued: functions and files give secrets that no definition holds. */
export function addExchangedSecrets({ headers, body, url, answer }: Exchange, mask: Mask): void {
  addParts(url, mask);
  for (const [name, value] of headers) if (!PUBLIC_HEADERS.test(name)) addHeader(value, mask);
  for (const [name, value] of new URLSearchParams(body)) if (!PUBLIC_PARAMETERS.has(name)) mask.add(value);
  const members = answer && jsonOf(answer.body);
  for (const [name, value] of Object.entries(members ?? {})) {
    if (name.endsWith('token') && typeof value === 'string') mask.add(value);
  }
}

/** `Basic` has the secret in Base64, and there escaped as in a form. */
function addHeader(value: string, mask: Mask): void {
  mask.add(value);
  const credentials = value.slice(value.indexOf(' ') + 1);
  mask.add(credentials);
  if (!/^basic /i.test(value)) return;
  const secret = Buffer.from(credentials, 'base64').toString().split(':').slice(1).join(':');
  mask.add(secret);
  mask.add(new URLSearchParams(`secret=${secret}`).get('secret') ?? '');
}

/** The secrets of the exchange must be known to the mask before. */
export function exchangeStep(exchange: Exchange, step: ExchangeStep['step'], mask: Mask): ExchangeStep {
  const { method, url, headers, answer, error, began, ended = performance.now() } = exchange;
  const form = new URLSearchParams(exchange.body);
  const assertion = jwtFacts(form.get('client_assertion') ?? form.get('assertion') ?? '', mask);
  return {
    step,
    ok: answer !== undefined && error === undefined && answer.status >= 200 && answer.status < 300,
    milliseconds: Math.round(ended - began),
    ...(error !== undefined && answer === undefined && { error: stepError(error, mask) }),
    attempts: 1,
    sent: exchange.sent || answer !== undefined,
    request: {
      method,
      url: shownUrl(url, mask),
      headers: shownFields(headers, mask, (name) => PUBLIC_HEADERS.test(name)),
      form: Object.fromEntries([...new Set(form.keys())].map((name) => shownParameter(name, form.getAll(name), mask))),
      ...(assertion && { assertion }),
    },
    ...(answer && { answer: shownAnswer(answer, step, mask) }),
  };
}

function shownParameter(name: string, values: readonly string[], mask: Mask): [string, string] {
  const shown = values.map((value) => (PUBLIC_PARAMETERS.has(name) ? mask.text(value, 1000) : MASKED));
  return [mask.text(name, 100), shown.join(', ')];
}

/** Gateways issue tokens and sessions in headers of their own. What names a request helps whoever reads the server's log. */
function shownAnswerFields(fields: ReadonlyMap<string, string>, mask: Mask): Record<string, string> {
  const shown = [...fields].map(([name, value]) => {
    const bare = OF_REQUEST.test(name) || name === 'location' ? value : withoutTokens(mask.text(value, 1000));
    return [name, bare] as const;
  });
  return shownFields(new Map(shown), mask, (name) => !ISSUING.test(name));
}

const ISSUING = /cookie|token|secret|session|assertion|password|(?:^|-)(?:auth|authorization|jwt|key|api-?key)$/;
const OF_REQUEST = /(?:request|correlation|trace|operation|transaction|ray)-?id$|^(?:cf-ray|etag|traceparent)$/;

function shownFields(
  fields: ReadonlyMap<string, string>,
  mask: Mask,
  isPublic: (name: string) => boolean,
): Record<string, string> {
  const shown = [...fields].slice(0, MOST_MEMBERS).map(([name, value]): [string, string] => {
    const scheme = name === 'authorization' ? /^[\w-]+ /.exec(value)?.[0] : undefined;
    return [mask.text(name, 100), isPublic(name) ? mask.text(value) : `${scheme ?? ''}${MASKED}`];
  });
  return Object.fromEntries(shown);
}

function shownAnswer(
  { status, headers, at, body }: NonNullable<Exchange['answer']>,
  step: ExchangeStep['step'],
  mask: Mask,
): NonNullable<ExchangeStep['answer']> {
  const good = status >= 200 && status < 300;
  const location = headers.get('location');
  const fields = location === undefined ? headers : new Map([...headers, ['location', shownUrl(location, mask)]]);
  const date = Date.parse(headers.get('date') ?? '');
  return {
    status,
    headers: shownAnswerFields(fields, mask),
    // What an API gives who has a token is nobody's business here.
    body: good && step === 'call' ? {} : shownBody(body, good, mask),
    // It names the second that has begun; half a second is what it is off by on average.
    ...(!Number.isNaN(date) && { clockAhead: Math.round(at - date - 500) }),
  };
}

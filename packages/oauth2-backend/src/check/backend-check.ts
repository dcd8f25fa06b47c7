/** The check of one backend: how its servers are reached, then the library's own token request, then the API if wanted. */

import { createBackend } from '../backends/backend.js';
import { type Upstream, upstreams } from '../backends/upstream.js';
import { systemClock } from '../clock.js';
import type { ResolvedBackend } from '../definitions/resolved.js';
import { runningCalls } from '../outbound/running-calls.js';
import type { AccessToken } from '../token.js';
import { withoutTokens } from '../token-request/token-like.js';
import { createTransport } from '../transport/transport.js';
import { callApi } from './api-call.js';
import { connectionSteps } from './connection-steps.js';
import type { ConnectionTarget } from './connection-target.js';
import { addExchangedSecrets, exchangeStep } from './exchange-step.js';
import { hintsOf } from './hints.js';
import { jwtFacts } from './jwt-facts.js';
import type { Mask } from './mask.js';
import { oddSecrets } from './odd-secrets.js';
import type { BackendReport, ExchangeStep, Step, TokenStep } from './report.js';
import { type Exchange, watchedTransport } from './watched-transport.js';

interface BackendCheckOptions {
  readonly mask: Mask;
  /** Whether the backend was asked for, by its name or as the one that `--call` is for: then it is not skipped. */
  readonly named: boolean;
  /** Path of the API that is called with the token. */
  readonly call: string | undefined;
}

/** Never throws: what fails is in the report. */
export async function checkBackend(backend: ResolvedBackend, options: BackendCheckOptions): Promise<BackendReport> {
  const { mask, named, call } = options;
  const exchanges: Exchange[] = [];
  const warnings: string[] = [];
  const odd = new Set<string>();
  const made = upstreams({
    clock: systemClock,
    logger: undefined,
    warn: (message) => void warnings.push(message),
    dispatcher: undefined,
    tokens: undefined,
    transportOf: (transport) =>
      watchedTransport(createTransport(transport), (exchange) => void exchanges.push(exchange)),
    maxIdentities: 1,
    newIdentitiesPerSecond: 1,
    store: undefined,
    calls: runningCalls(),
  });
  const upstream = made.of(backend);
  const steps: Step[] = [];
  try {
    const unasked = whyNotAsked(upstream);
    if (unasked !== undefined) {
      return { ...report('skipped'), ...(named && { result: 'failed' }), reason: unasked };
    }
    if (backend.oauth2) steps.push(...(await connectionSteps(backend.oauth2.tokenBackend, mask)));
    const token = await createBackend(upstream).token();
    takeExchanges();
    steps.push(tokenStep(token, backend, mask));
    if (call === undefined) return report('token');
    if (!backend.oauth2 || !sameConnection(backend, backend.oauth2.tokenBackend)) {
      steps.push(...(await connectionSteps(backend, mask)));
    }
    const refusal = await callApi(createBackend(upstream), call);
    takeExchanges();
    return refusal === undefined ? report('token') : { ...report('failed'), reason: mask.text(refusal, 1000) };
  } catch (error) {
    takeExchanges();
    return failed(error);
  } finally {
    for (const { counted, settings } of made.all()) {
      counted?.close();
      await settings.transport.destroy();
    }
  }

  function takeExchanges(): void {
    const taken = exchanges.splice(0);
    for (const exchange of taken) {
      addExchangedSecrets(exchange, mask);
      for (const each of oddSecrets(exchange)) odd.add(each);
    }
    const kind = ({ method, url }: Exchange) =>
      method === 'GET' && new URL(url).origin === backend.origin ? 'call' : 'token-request';
    steps.push(...together(taken.map((exchange) => exchangeStep(exchange, kind(exchange), mask))));
  }

  function failed(error: unknown): BackendReport {
    const { code, message, cause } = Object(error) as { code?: unknown; message?: unknown; cause?: unknown };
    // A hint of the library stands on a line of its own.
    const [reason = '', ...hints] = (typeof message === 'string' ? message : 'unknown reason').split('\n');
    const base = report('failed', message);
    return {
      ...base,
      reason: mask.text(reason, 1000),
      ...(typeof code === 'string' && { code: mask.text(code, 100) }),
      hints: [...hints.map((hint) => mask.text(hint, 1000)), ...causes(cause), ...base.hints],
    };
  }

  /** What a function of the application, or a file, has failed with; what the network did is told by the steps. */
  function causes(cause: unknown): string[] {
    const { message } = Object(cause) as { message?: unknown };
    const isTold = steps.some(({ step, ok }) => step === 'token-request' && !ok);
    return isTold || typeof message !== 'string' ? [] : [`the cause: ${mask.text(withoutTokens(message), 500)}`];
  }

  function report(result: BackendReport['result'], told?: unknown): BackendReport {
    return {
      name: backend.name,
      result,
      hints: [...odd, ...hintsOf({ backend, steps, result, told: typeof told === 'string' ? told : '' })],
      warnings: warnings.map((warning) => mask.text(warning, 1000)),
      steps,
    };
  }
}

/** Why there is nothing to ask for; nothing for a backend that has a token of its own. */
function whyNotAsked({ source, counted }: Upstream): string | undefined {
  if (!source) return 'it has no "oauth2": its requests carry no token';
  if (!counted || counted.kept) return undefined;
  return "its token is a user's: it is made of an inbound request, and there is none here";
}

function tokenStep(token: AccessToken, { oauth2 }: ResolvedBackend, mask: Mask): TokenStep {
  mask.add(token.value);
  const jwt = jwtFacts(token.value, mask);
  return {
    step: 'token',
    ok: true,
    milliseconds: 0,
    expiresAt: new Date(Math.min(token.expiresAt, LAST_INSTANT)).toISOString(),
    expiresIn: Math.round((token.expiresAt - Date.now()) / 1000),
    ...(token.scope !== undefined && { scope: mask.text(token.scope, 1000) }),
    ...(oauth2?.scope !== undefined && { requestedScope: mask.text(oauth2.scope, 1000) }),
    ...(jwt && { jwt }),
  };
}

/** The calendar's end. */
const LAST_INSTANT = 8.64e15;

function sameConnection(one: ConnectionTarget, other: ConnectionTarget): boolean {
  const key = ({ origin, hostname, tls, proxy }: ConnectionTarget) =>
    JSON.stringify([origin, hostname, tls, proxy?.url]);
  return key(one) === key(other);
}

/** The library sends a request again that the network has lost: one step for all that had no answer. */
function together(steps: readonly ExchangeStep[]): ExchangeStep[] {
  const all: ExchangeStep[] = [];
  for (const step of steps) {
    const last = all.at(-1);
    const again = last && !last.answer && !step.answer && last.error?.code === step.error?.code;
    if (again && last.request.url === step.request.url) {
      const milliseconds = last.milliseconds + step.milliseconds;
      all[all.length - 1] = { ...last, attempts: last.attempts + 1, milliseconds };
    } else all.push(step);
  }
  return all;
}

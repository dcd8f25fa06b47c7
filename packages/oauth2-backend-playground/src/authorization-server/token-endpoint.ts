/** The token endpoint: what is on at the moment goes first, then oidc-provider, and the journal tells of both. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ProviderContext } from 'oidc-provider';
import { SHORT_GRANTS } from '../clients.js';
import type { Journal } from '../journal.js';
import type { Troubles } from '../knobs/troubles.js';
import type { IssuedTokens } from '../tokens/issued-tokens.js';
import { shownToken } from '../tokens/shown-token.js';
import { answerJson } from '../web/answers.js';
import { formOf } from '../web/form.js';
import { askingClient } from './asking-client.js';

export interface TokenEndpoint {
  /** Answers a request for a token by `provider`, or worse. */
  answer(request: IncomingMessage, response: ServerResponse, provider: RequestListener): Promise<void>;
  /** Tells of a request that oidc-provider has answered; `reason` is why it refused, which it keeps from clients. */
  answered(context: ProviderContext, reason: string | undefined): void;
}

export function tokenEndpoint(journal: Journal, troubles: Troubles, issued: IssuedTokens): TokenEndpoint {
  return {
    async answer(request, response, provider) {
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      let status: number | undefined;
      try {
        status = await troubles.meet(gone.signal);
      } catch {
        const client = askingClient(request.headers, {});
        journal.add({ kind: 'token', client, what: '', outcome: 'the client went away before the answer' });
        return;
      }
      if (status === undefined) return provider(request, response);
      const form = Object.fromEntries(await formOf(request));
      const client = askingClient(request.headers, form);
      journal.add({ kind: 'token', client, what: grantOf(form), outcome: `${status} by the knob fail` });
      answerJson(response, status, { error: errorOf(status), error_description: 'the knob fail is on' });
    },
    answered({ status, body, req, oidc }, reason) {
      const params = { ...oidc?.params };
      const { access_token, error, error_description, expires_in } = (body ?? {}) as Record<string, unknown>;
      const token = shownToken(access_token);
      if (token) issued.add(token.claims);
      journal.add({
        kind: 'token',
        client: oidc?.client?.clientId ?? askingClient(req.headers, params),
        what: grantOf(params),
        outcome: token
          ? `${status} for ${String(expires_in)} s`
          : [status, error, reason ?? error_description].filter(Boolean).join(' '),
        token,
      });
    },
  };
}

function grantOf({ grant_type: grant }: Readonly<Record<string, unknown>>): string {
  return typeof grant === 'string' ? (SHORT_GRANTS[grant] ?? grant) : '';
}

/** RFC 6749 §5.2 for what a client has done wrong. */
function errorOf(status: number): string {
  if (status === 401) return 'invalid_client';
  return status < 500 && status !== 429 ? 'invalid_request' : 'temporarily_unavailable';
}

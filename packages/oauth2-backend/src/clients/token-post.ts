/** Posts token requests through their token backend and reads the answer to its end (RFC 6749 §3.2, §5). */

import type { Bearer } from '../bearer/bearer.js';
import { ownMembers } from '../definitions/own-members.js';
import { Attempt } from '../outbound/attempt.js';
import { completeHeaders, completePath } from '../outbound/complete-request.js';
import { ANSWER_OPTIONS, dispatchOptions } from '../outbound/dispatch-options.js';
import { OutboundCall, PLAIN_CALL } from '../outbound/outbound-call.js';
import type { ClientSettings } from '../outbound/settings.js';
import type { AccessToken } from '../token.js';
import { readBody } from '../token-request/answer-body.js';
import type { OpenPost, Post, PostAnswer, PostProgress } from '../token-request/post.js';
import { failedAt } from '../transport/openings.js';

/** Where and how token requests of one backend are posted. */
interface TokenPostOptions {
  /** Absolute, used to the letter. */
  readonly endpoint: string;
  /** The token backend's own bearer; it may carry a token itself. */
  readonly bearer: Bearer;
  readonly settings: ClientSettings;
}

/** Posts through the token backend: its connections, limits and headers; redirects are answers. */
export function tokenPost({ endpoint, bearer, settings }: TokenPostOptions): OpenPost {
  const { origin, pathname, search } = new URL(endpoint);

  return async function open(signal) {
    const call = new OutboundCall(bearer, settings, { ...PLAIN_CALL, method: 'POST', signal, total: false });
    try {
      const token = await call.ready(false);
      return (request, progress) =>
        post(call, token, request, progress)
          .catch((error: unknown) => {
            const stage = failedAt(error);
            if (stage) progress.stage = () => stage;
            throw error;
          })
          .finally(() => call.done());
    } catch (error) {
      call.done();
      throw error;
    }
  };

  async function post(
    call: OutboundCall,
    token: AccessToken | undefined,
    { headers, body }: Parameters<Post>[0],
    progress: PostProgress,
  ): Promise<PostAnswer> {
    const sent: Record<string, string | string[]> = { ...headers };
    completeHeaders(sent, call.settings, bearer, token);
    const path = completePath(pathname + search, call.settings.query);
    progress.stage = () => settings.transport.opening() ?? 'answer';
    const limits = {
      limitAnswer: () => {
        progress.stage = () => 'answer';
        call.limitAnswer();
      },
      lift: () => call.lift(),
    };
    const owner = { call: limits, failure: undefined, onEnd: undefined };
    const request = { ...dispatchOptions(origin, path, 'POST'), ...ANSWER_OPTIONS, headers: sent, body };
    const answer = await settings.transport.dispatcher
      .compose((dispatch) => (given, handler) => dispatch(given, new Attempt(handler, owner)))
      .request({ ...request, signal: call.signal });
    progress.stage = () => 'body';
    const fields = ownMembers(answer.headers);
    // The assertion in the form is good for one request: the refused token is replaced at the next attempt.
    if (call.isRefused(token, answer.statusCode)) {
      const challenges = fields['www-authenticate'];
      await call.afterRefusal(token, { status: answer.statusCode, challenges, replayable: false });
    }
    return {
      status: answer.statusCode,
      ...(await readBody({ headers: fields, body: answer.body })),
      headers: fields,
      secrets: [search, ...ownSecrets(call.settings), ...(token ? [token.value] : [])],
    };
  }
}

/** What the token backend itself sends or proves itself with: some servers repeat what they were sent. */
function ownSecrets({ basicAuth, proxy, headers, query }: ClientSettings): string[] {
  const values = [...headers.set, ...headers.add].filter(([name]) => !PUBLIC.test(name));
  const modified = [...values, ...query.set, ...query.add].flatMap(([, given]) => given);
  return [basicAuth, proxy?.credentials, ...modified].filter((value) => value !== undefined);
}

const PUBLIC = /^(?:accept|content|user-agent)/;

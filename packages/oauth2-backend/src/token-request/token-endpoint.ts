/** Token requests to an authorization server's token endpoint (RFC 6749 §3.2). */

import type { Clock } from '../clock.js';
import { OAuth2BackendError } from '../errors.js';
import type { DefaultLife } from './answer-life.js';
import { encodeForm, type FormParameters } from './form-encoding.js';
import type { Demands, GrantQuery } from './grant-source.js';
import type { OpenPost, Post, PostAnswer, PostProgress } from './post.js';
import { type Asked, wordsFor } from './reasons/asked.js';
import { clockReason } from './reasons/sent-assertion.js';
import { errorLine } from './reasons/shown.js';
import { lateHead, lateReason, type Stage } from './reasons/stage.js';
import { remarks } from './remarks.js';
import { mayBeCured, replacements } from './replacements.js';
import { retryDelay } from './retry-after.js';
import { type DraftPart, emptyDraft, type TokenRequestDraft } from './token-request-draft.js';
import { type Granted, judgeTokenAnswer } from './token-response.js';
import { unanswered } from './unanswered.js';
import { untrustedText } from './untrusted-text.js';

/** Who asks, how it proves itself, and through what. */
interface TokenEndpointOptions extends DefaultLife {
  /** Name of the backend, for messages. */
  readonly backend: string;
  readonly asked: Asked;
  readonly openPost: OpenPost;
  readonly clientAuth: DraftPart;
  /** Further form parameters; none that grant or client authentication set. */
  readonly params: FormParameters;
  /** Further token types that are Bearer, in lower case. */
  readonly bearerTokenTypes?: readonly string[] | undefined;
  readonly clock: Clock;
  /** Told of what somebody should look at; each thing once. */
  readonly warn: (message: string) => void;
  /** Runs each request; it is told the answer's status as soon as there is one. */
  readonly observe?: (<T>(work: (answered: (status: number) => void) => Promise<T>) => Promise<T>) | undefined;
}

/** One client at one token endpoint. */
export interface TokenEndpoint {
  /**
   * Asks for a token; nothing is kept.
   *
   * @throws TokenRequestError, TokenTimeoutError; NoTokenError when a credential or assertion could not be had; the signal's own reason
   */
  ask(grant: DraftPart, query: GrantQuery): Promise<Granted>;
}

/** A client that authenticates to the endpoint in the same way whatever the grant. */
export function tokenEndpoint(options: TokenEndpointOptions): TokenEndpoint {
  const { backend, clock, observe = unobserved } = options;
  const credentials = replacements(clock);
  const remark = remarks((message) => options.warn(`backend "${backend}": ${message}`));

  const { url } = options.asked;
  const asked = wordsFor(options.asked);
  const ownSecrets = [...privateValues(options.params), new URL(url).search];

  return {
    async ask(grant, query) {
      const draft = await letThrough(grant, query);
      try {
        return await request(draft, query);
      } catch (error) {
        // A secret was replaced while it was on its way: the new one gets its chance at once.
        if (!mayBeCured(error) || !(await credentials.isReplaced(draft.replaceable))) throw error;
      }
      return request(await fill(grant, query), query);
    },
  };

  /** A draft that may be sent now; it is made anew after waiting: assertions age. */
  async function letThrough(grant: DraftPart, query: GrantQuery): Promise<TokenRequestDraft> {
    for (;;) {
      const draft = await fill(grant, query);
      const waiting = query.gate?.enter();
      if (!waiting) return draft;
      await waiting;
      query.signal?.throwIfAborted();
    }
  }

  async function fill(grant: DraftPart, query: GrantQuery): Promise<TokenRequestDraft> {
    reach(query, 'inputs');
    const draft = emptyDraft(options.params);
    await grant(draft, query);
    if (query.demands) writeDemands(draft.form, query.demands);
    await options.clientAuth(draft, query);
    query.signal?.throwIfAborted();
    return draft;
  }

  async function request(draft: TokenRequestDraft, query: GrantQuery): Promise<Granted> {
    const { signal, gate } = query;
    reach(query, 'token');
    const post = await options.openPost(signal);
    const issuedAt = clock.now();
    gate?.sent(credentials.since(draft.replaceable));
    return observe(async (answered) => {
      const answer = await send(post, draft, query);
      gate?.answered();
      answered(answer.status);
      return judge(answer, draft, issuedAt);
    });
  }

  /** Should the time for a token end now, this is where the request is. */
  function reach({ gate }: GrantQuery, stage: Stage | PostProgress): void {
    const now = typeof stage === 'string' ? () => stage : () => stage.stage();
    gate?.reaches((milliseconds) => errorLine(lateHead(asked, milliseconds), lateReason(now(), asked)));
  }

  function judge(answer: PostAnswer, draft: TokenRequestDraft, issuedAt: number): Granted {
    const { facts, form, issuedTypes } = draft;
    const { location, date, 'www-authenticate': challenge } = answer.headers;
    const now = clock.now();
    return judgeTokenAnswer(
      { ...answer, location, challenge },
      {
        ...options,
        url,
        asked,
        sent: { ...facts, form },
        issuedAt,
        scope: typeof form['scope'] === 'string' ? form['scope'] : undefined,
        secrets: [...draft.secrets, ...(answer.secrets ?? []), ...ownSecrets],
        clockReason: () => clockReason(date, { asked: issuedAt, answered: now }),
        issuedTypes,
        retryAfter: retryDelay(answer.headers, answer.status, now),
        remark,
      },
    );
  }

  async function send(post: Post, draft: TokenRequestDraft, query: GrantQuery): Promise<PostAnswer> {
    const headers = {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'oauth2-backend',
      ...draft.headers,
    };
    const progress: PostProgress = { stage: () => 'answer' };
    reach(query, progress);
    try {
      return await post({ headers, body: encodeForm(draft.form) }, progress);
    } catch (error) {
      const { signal } = query;
      if (signal?.aborted) throw signal.reason;
      if (error instanceof OAuth2BackendError) throw error;
      const clean = untrustedText([...draft.secrets, ...ownSecrets]);
      throw unanswered(error, { backend, asked, stage: progress.stage(), clean, now: clock.now() });
    }
  }
}

/** The scopes stand beside those that the grant asks for; the claims take the place of configured ones. */
function writeDemands(form: TokenRequestDraft['form'], { scopes, claims }: Demands): void {
  const own = typeof form['scope'] === 'string' ? form['scope'].split(' ') : [];
  if (scopes) form['scope'] = [...new Set([...own, ...scopes])].join(' ');
  if (claims !== undefined) form['claims'] = claims;
}

/** What a further parameter sends may be a secret, unless it names an API (RFC 8693, RFC 8707) or is as short as a word. */
function privateValues(params: FormParameters): string[] {
  const others = Object.entries(params).filter(([name]) => name !== 'audience' && name !== 'resource');
  return others.flatMap(([, values]) => values).filter((value) => value.length >= 8);
}

function unobserved<T>(work: (answered: (status: number) => void) => Promise<T>): Promise<T> {
  return work(() => {});
}

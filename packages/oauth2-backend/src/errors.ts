/** What every error of this library has in common: a stable `code`, the status an unhandled one should become, nothing secret. */
export class OAuth2BackendError extends Error {
  /** Stable, `ERR_OAUTH2_…`. */
  readonly code: string;
  /** The status for the inbound client when nobody handles the error: 502 or 504 upstream, 401 the inbound client is to log in, 499 gone, 500 the application's own mistake. */
  readonly statusCode: number;
  /** The same, under the name that NestJS and others look at. */
  readonly status: number;
  /** The backend's name, on every error that concerns one. */
  declare readonly backend?: string;
  /** `false`: frameworks must not show the message to the inbound client; `true` only for a `MissingSubjectError`. */
  readonly expose: boolean = false;

  constructor(message: string, given: ConcerningBackend & ErrorKind) {
    const options = own(given);
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.statusCode = options.statusCode;
    this.status = options.statusCode;
    if (options.backend !== undefined) this.backend = options.backend;
    // On the instance and not enumerable: console output then shows the class once. Not the class's own: bundlers shorten it.
    Object.defineProperty(this, 'name', { value: options.name ?? new.target.name, configurable: true, writable: true });
  }
}

/** Without a prototype: what somebody put on `Object.prototype` says nothing of an error. */
const own = <T extends object>(options: T): T => Object.assign(Object.create(null) as T, options);
type ErrorKind = Pick<OAuth2BackendError, 'code' | 'statusCode'> & { readonly name?: string };

/** What any error may be made with. */
interface ConcerningBackend extends ErrorOptions {
  /** The backend's name. */
  readonly backend?: string | undefined;
}

/** One thing that is wrong in the configuration. */
export interface Problem {
  /** Where: `billing.oauth2.client_secret`, `billing.oauth2.params.resource[1]`. */
  readonly path: string;
  /** What is wrong and what would be right; never a secret's value. */
  readonly message: string;
}

/** The configuration cannot work. Thrown at construction with all problems at once. */
export class ConfigurationError extends OAuth2BackendError {
  /** Every problem, in the order of the configuration. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const list = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
    const text = list.length === 1 ? list[0] : `${list.length} problems\n- ${list.join('\n- ')}`;
    super(`configuration refused: ${text}`, CONFIGURATION);
    this.problems = problems;
  }
}
const CONFIGURATION = { name: 'ConfigurationError', code: 'ERR_OAUTH2_CONFIGURATION', statusCode: 500 };

/** What the token endpoint answered (RFC 6749 §5.2), as cleaned, capped text. */
export interface TokenErrorResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The OAuth error code, e.g. `invalid_client`. */
  readonly error?: string | undefined;
  readonly errorDescription?: string | undefined;
  readonly errorUri?: string | undefined;
  /** What the server wants of the user, as JSON text (Microsoft Entra); 8 KiB at the most. */
  readonly claims?: string | undefined;
  /** A finer reason than `error` (Microsoft Entra). */
  readonly suberror?: string | undefined;
}

/** What a token error keeps beside its message. */
export interface TokenErrorOptions extends ConcerningBackend {
  readonly retryAt?: number | undefined;
  readonly response?: TokenErrorResponse | undefined;
  readonly retryAfter?: number | undefined;
  readonly stumbled?: boolean | undefined;
  readonly resource?: { readonly status: number } | undefined;
}

type CommonTokenOptions = Pick<TokenErrorOptions, 'cause' | 'backend' | 'resource' | 'retryAt'>;

/** Why there is no token. */
class TokenError extends OAuth2BackendError {
  /** Present when a resource server's refusal of a token asked for this one: the answer's status. */
  declare readonly resource?: { readonly status: number };
  /** Milliseconds since the epoch: nobody asks for this token before; absent where nobody need wait. */
  declare readonly retryAt?: number;

  constructor(message: string, given: CommonTokenOptions & ErrorKind) {
    const options = own(given);
    super(message, options);
    if (options.resource) this.resource = options.resource;
    if (options.retryAt !== undefined) this.retryAt = options.retryAt;
  }
}

/** The token endpoint could not be reached, refused, or answered something that is no token. */
export class TokenRequestError extends TokenError {
  /** What came back, if anything did; absent for a failure that was another identity's. */
  declare readonly response?: TokenErrorResponse;
  /** Milliseconds for which the server wants to be left alone, counted from its answer; absent when it did not say. Not enumerable. */
  declare readonly retryAfter?: number;
  /** Whether it is worth asking again at once: the answer was empty. Not enumerable. */
  declare readonly stumbled?: boolean;

  constructor(message: string, given: TokenErrorOptions = {}, kind: ErrorKind = TOKEN_REQUEST) {
    const options = own(given);
    super(message, { ...options, ...kind });
    if (options.response) this.response = options.response;
    if (options.retryAfter !== undefined) Object.defineProperty(this, 'retryAfter', { value: options.retryAfter });
    if (options.stumbled) Object.defineProperty(this, 'stumbled', { value: true });
  }
}

const TOKEN_REQUEST = { name: 'TokenRequestError', code: 'ERR_OAUTH2_TOKEN_REQUEST', statusCode: 502 };

/** The authorization server does not take the user's token or assertion any more: he is to log in again. The message is not for him. */
export class SubjectRefusedError extends TokenRequestError {
  /** Express and Koa put them on the answer (RFC 6750 §3.1). */
  readonly headers: Readonly<Record<string, string>> = { 'www-authenticate': 'Bearer error="invalid_token"' };

  constructor(message: string, options: TokenErrorOptions = {}) {
    super(message, options, { name: 'SubjectRefusedError', code: 'ERR_OAUTH2_SUBJECT_REFUSED', statusCode: 401 });
  }
}

/** No token came within the time for it. */
export class TokenTimeoutError extends TokenError {
  constructor(message: string, options: CommonTokenOptions = {}) {
    super(message, { ...options, name: 'TokenTimeoutError', code: 'ERR_OAUTH2_TOKEN_TIMEOUT', statusCode: 504 });
  }
}

/** There is no token to be had: the backend has no `oauth2`, or needs a request (500); or what should give a credential or token failed (502). */
export class NoTokenError extends TokenError {
  constructor(message: string, options: CommonTokenOptions & { statusCode: 500 | 502 }) {
    super(message, { ...options, name: 'NoTokenError', code: 'ERR_OAUTH2_NO_TOKEN' });
  }
}

/** The inbound request has no token that could be exchanged, or no assertion; nothing was sent. The message may be shown. */
export class MissingSubjectError extends OAuth2BackendError {
  override readonly expose = true;
  /** Express and Koa put them on the answer: a 401 has to have a challenge (RFC 9110 §11.6.1, RFC 6750 §3). */
  readonly headers: Readonly<Record<string, string>> = { 'www-authenticate': 'Bearer realm="api"' };

  constructor(options: ConcerningBackend = {}) {
    super('the request has no usable bearer token', {
      ...options,
      name: 'MissingSubjectError',
      code: 'ERR_OAUTH2_MISSING_SUBJECT',
      statusCode: 401,
    });
  }
}

/** The request would leave the backend's origin or `path_prefix`, or cannot be judged; nothing was sent. */
export class OriginError extends OAuth2BackendError {
  constructor(message: string, options: ConcerningBackend = {}) {
    super(message, { ...options, name: 'OriginError', code: 'ERR_OAUTH2_ORIGIN', statusCode: 500 });
  }
}

/** The request sets a header that belongs to the backend; nothing was sent. */
export class AuthorizationHeaderError extends OAuth2BackendError {
  constructor(message: string, options: ConcerningBackend = {}) {
    super(message, {
      ...options,
      name: 'AuthorizationHeaderError',
      code: 'ERR_OAUTH2_AUTHORIZATION_HEADER',
      statusCode: 500,
    });
  }
}

/** No backend has this name. */
export class UnknownBackendError extends OAuth2BackendError {
  constructor(message: string) {
    super(message, { name: 'UnknownBackendError', code: 'ERR_OAUTH2_UNKNOWN_BACKEND', statusCode: 500 });
  }
}

/** The inbound client went away before its answer was complete. */
export class ClientClosedError extends OAuth2BackendError {
  constructor() {
    super('the inbound client closed its connection', {
      name: 'ClientClosedError',
      code: 'ERR_OAUTH2_CLIENT_CLOSED',
      statusCode: 499,
    });
  }
}

/** The call began after `close()`, or `close()` has ended it. */
export class ClosedError extends OAuth2BackendError {
  constructor(message: string, options: ConcerningBackend = {}) {
    super(message, { ...options, name: 'ClosedError', code: 'ERR_OAUTH2_CLOSED', statusCode: 500 });
  }
}

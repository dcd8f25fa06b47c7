/** What an application writes to say how tokens are got. */

import type { TokenBackendDefinition } from './backend-definition.js';

/** How the tokens of a backend are got. */
export interface OAuth2Definition {
  /** On whose authority (RFC 6749 §1.3): the client's own (§4.4). */
  readonly grant_type: 'client_credentials';
  /** Absolute URL, or a path below the token backend. */
  readonly token_endpoint: string;
  /** How the client proves itself (RFC 6749 §2.3.1). Default: `'client_secret_basic'`. */
  readonly token_endpoint_auth_method?: 'client_secret_basic' | 'client_secret_post' | undefined;
  readonly client_id: string;
  /** The secret, or a function that gives it for each token request; required. */
  readonly client_secret?: string | (() => string | Promise<string>) | undefined;
  /** Scope tokens separated by spaces (RFC 6749 §3.3). */
  readonly scope?: string | undefined;
  /** How often a request answered 401 is repeated with a new token, 0 to 255. Default: 1. */
  readonly retries?: number | undefined;
  /** The backend through which token requests go: the name of another one, or a definition. */
  readonly backend?: string | TokenBackendDefinition | undefined;
  /** Further form parameters of the token request. */
  readonly params?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
  /** Duration: the life of a token whose answer names none. Default: `"5m"`. */
  readonly default_ttl?: string | undefined;
  /** Duration, or percent of the life: how long before its end a token is renewed. Default: `"25%"`. */
  readonly renew_before?: string | undefined;
  /** `'raw'` sends id and secret in Basic unescaped, for servers that do not decode. Default: `'form'`. */
  readonly basic_encoding?: 'form' | 'raw' | undefined;
  /** Allows a token endpoint over plain http outside loopback; warns once. Default: false. */
  readonly allow_http?: boolean | undefined;
}

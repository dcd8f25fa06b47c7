/** HTTP clients that already carry a valid OAuth 2.0 bearer token, for each request of an application. */

export type { Backend } from './backends/backend.js';
export type { BackendStatus } from './backends/backend-status.js';
export { type Backends, createBackends } from './backends/backends.js';
export type {
  BudgetMessage,
  ChannelMessages,
  PauseMessage,
  ReconnectMessage,
  RefusalMessage,
  RenewalMessage,
  StoreMessage,
  TokenRequestMessage,
  WarningMessage,
} from './backends/observation/channels.js';
export type { LogFields, Logger } from './backends/observation/logger.js';
export type { BackendsOptions } from './backends/options.js';
export {
  type BackendsOf,
  type DefinitionsOf,
  type MadeBackends,
  type OptionsBeside,
  type Register,
  type RegisteredBackends,
  type RequestBackends,
  type RequestBackendsOptions,
  requestBackends,
} from './backends/request-backends.js';
export {
  type RequestForward,
  type RequestForwardAnswer,
  type RequestForwardOptions,
  requestForward,
} from './backends/request-forward.js';
export type { Bearer } from './bearer/bearer.js';
export { type BearerOptions, bearer } from './bearer/standalone-bearer.js';
export { type StepUp, stepUpOf } from './bearer/step-up.js';
export type { AuthorizationRequest, TokenOptions } from './clients/credentials.js';
export { type BearerFetch, bearerFetch } from './clients/fetch/fetch-client.js';
export type { ForwardAnswer } from './clients/forward/forward-answer.js';
export type { ForwardOptions } from './clients/forward/options.js';
export type { UpgradeOptions } from './clients/forward/upgrade/options.js';
export type { UpgradeListener } from './clients/forward/upgrade/upgrade-listener.js';
export { type BackendGot, bearerGot } from './clients/got/got-client.js';
export { bearerInterceptor } from './clients/interceptor/bearer-interceptor.js';
export type { RequestOptions } from './clients/request/options.js';
export type { Clock } from './clock.js';
export type { BackendDefinition, BackendDefinitions } from './definitions/definition.js';
export type { BackendDefinitionsInput } from './definitions/judged/backend-definitions-input.js';
export type { JudgedDefinitions } from './definitions/judged/judged-definitions.js';
export type { JwtSigningProfile } from './definitions/jwt-signing-profile.js';
export type {
  OAuth2Definition,
  StepUpDefinition,
  SubjectToken,
  VerifiedToken,
} from './definitions/oauth2-definition.js';
export type { TlsDefinition } from './definitions/tls-definition.js';
export {
  AuthorizationHeaderError,
  ClientClosedError,
  ConfigurationError,
  MissingSubjectError,
  OAuth2BackendError,
  OriginError,
  type Problem,
  SubjectRefusedError,
  type TokenErrorResponse,
  TokenRequestError,
  TokenTimeoutError,
  UnknownBackendError,
} from './errors.js';
export { requestContext } from './outbound/request-context.js';
export { type Sealing, type SealingOptions, sealing } from './sharing/sealing.js';
export type { TokenStore } from './sharing/token-store.js';
export { type ReuseOptions, reuse } from './sources/reuse.js';
export { staticToken } from './sources/static-token.js';
export type { AccessToken, RequestContext, TokenQuery, TokenSource } from './token.js';
export { type AcquiredToken, type TokenSourceOptions, tokenSource } from './token-request/token-source.js';

import type { ResolvedBackend } from '../definitions/resolved.js';

/** What of a backend says how it is reached. */
export type ConnectionTarget = Pick<
  ResolvedBackend,
  'origin' | 'hostname' | 'tls' | 'validateCertificates' | 'proxy' | 'timeouts'
>;

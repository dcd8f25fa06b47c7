/** The headers of an inbound request as the backend gets them. */

import type { Bearer } from '../../bearer/bearer.js';
import { completeHeaders } from '../../outbound/complete-request.js';
import type { ClientSettings } from '../../outbound/settings.js';
import type { AccessToken } from '../../token.js';
import { dropLookAlikes } from './counted-headers.js';

/** Completes headers whose names are lower case; what passes for one that the settings name stays here. */
export function completeSentHeaders(
  headers: Record<string, string | string[]>,
  settings: ClientSettings,
  bearer: Bearer,
  token: AccessToken | undefined,
): void {
  const { remove, set } = settings.headers;
  if (remove.length > 0 || set.length > 0) dropLookAlikes(headers, [...remove, ...set.map(([name]) => name)]);
  completeHeaders(headers, settings, bearer, token);
}

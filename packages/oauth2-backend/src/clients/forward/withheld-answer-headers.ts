/** The headers of a backend's answer that stay here: what speaks of the application's whole origin, or to what is in front of it. */

import { isToken } from '../../definitions/schema/values.js';
import { HOP_BY_HOP } from './hop-by-hop.js';

/** Whether a header of an answer, or a trailer, stays here unless it is asked for. @param name in lower case */
export function isWithheldAnswer(name: string): boolean {
  // nginx must not buffer a stream of events.
  if (name === 'x-accel-buffering') return false;
  return WITHHELD.has(name) || WITHHELD_PREFIX.test(name) || name.endsWith('cdn-cache-control');
}

/** Whether an application may ask for a header that is withheld. @param name in lower case */
export function mayPass(name: string): boolean {
  // A `*` may stand in a name, but whoever writes it means a pattern.
  if (!isToken(name) || name.includes('*')) return false;
  return !NEVER.has(name) && !HOP_BY_HOP.has(name) && !name.startsWith('x-sendfile');
}

const WITHHELD: ReadonlySet<string> = new Set([
  'alt-svc',
  'clear-site-data',
  'edge-control',
  'expect-ct',
  'nel',
  'public-key-pins',
  'public-key-pins-report-only',
  'report-to',
  'reporting-endpoints',
  'service-worker-allowed',
  'set-cookie2',
  'strict-transport-security',
  'timing-allow-origin',
  'x-lighttpd-send-file',
  'x-reproxy-url',
]);

const WITHHELD_PREFIX = /^(?:access-control-|surrogate-|x-accel-|x-litespeed-|x-sendfile)/;

/** They have options of their own, or would hand out files and addresses behind the application's server. */
const NEVER: ReadonlySet<string> = new Set([
  'content-length',
  'set-cookie',
  'trailer',
  'www-authenticate',
  'x-accel-redirect',
  'x-lighttpd-send-file',
  'x-reproxy-url',
]);

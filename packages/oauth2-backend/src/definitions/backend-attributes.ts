/** The attributes of a backend: the one description that validation and documentation share. */

import type { Attribute } from './attribute.js';
import type { BackendDefinition } from './backend-definition.js';
import { readLimit } from './duration.js';
import { readHeaderNames, readHeaders } from './header-modifiers.js';
import { readOrigin } from './origin.js';
import { readPathPrefix } from './path-prefix.js';
import { choice, readSwitch } from './plain-values.js';

/** The attributes of a backend, by name, in the order of the documentation. */
export const backendAttributes = {
  origin: {
    type: 'scheme://host[:port]',
    required: true,
    summary: 'the only origin that ever sees the token',
    read: readOrigin,
  },
  allow_http: {
    type: 'boolean',
    default: false,
    summary: 'plain http with `oauth2` outside loopback (service mesh, tests); one warning at start',
    read: readSwitch,
  },
  path_prefix: {
    type: 'path',
    summary: 'prefixes every path; a request cannot climb out of it',
    read: readPathPrefix,
  },
  connect_timeout: {
    type: 'duration',
    default: '10s',
    summary: 'for look-up, TCP and TLS; `"0s"`: no limit',
    read: readLimit,
  },
  ttfb_timeout: {
    type: 'duration',
    default: '60s',
    summary: 'from the request written to the answer\'s headers; `"0s"`: no limit',
    read: readLimit,
  },
  timeout: {
    type: 'duration',
    default: '300s',
    summary:
      'from the call to the end of the body, waiting for the token and repeats included; `"0s"`: no limit. On a token backend also the time for a renewal, which is 10 s otherwise',
    read: readLimit,
  },
  remove_request_headers: {
    type: 'array of header names',
    summary: 'taken off each request, before the next two',
    read: readHeaderNames,
  },
  set_request_headers: {
    type: 'object of string or string[]',
    summary: "replace the request's own",
    read: readHeaders,
  },
  add_request_headers: {
    type: 'object of string or string[]',
    summary: "added to the request's own",
    read: readHeaders,
  },
  abort_on_disconnect: {
    type: '`"safe"` or boolean',
    default: 'safe',
    summary: 'when the inbound client goes away: `"safe"` aborts GET, HEAD, OPTIONS; `true` all; `false` none',
    read: choice('safe', true, false),
  },
  oauth2: {
    type: 'block or token source',
    summary: 'how tokens are got, or what gives them; without it requests carry none',
    read: (value) => value,
  },
} satisfies Record<keyof BackendDefinition, Attribute>;

/** The same for a backend that serves one `oauth2` only: without `origin` it has the token endpoint's. */
export const tokenBackendAttributes = {
  ...backendAttributes,
  origin: { ...backendAttributes.origin, required: false },
};

/** The attributes of a backend: the one description that validation and documentation share. */

import type { BackendDefinition } from '../definition.js';
import { type Attribute, blockOf } from '../schema/attribute.js';
import { readLimit } from '../schema/duration.js';
import type { Place } from '../schema/place.js';
import { choice, readSwitch, wholeNumber } from '../schema/values.js';
import { readBasicAuth, readHostname, readOrigin, readPathPrefix } from './addresses.js';
import { readForwardHeaders, readHeaderNames, readHeaders, readQueryNames, readQueryParams } from './modifiers.js';
import { readProxy } from './proxy.js';
import { tlsAttributes } from './tls.js';

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
  hostname: {
    type: 'host name',
    summary: 'for the Host header and the TLS server name, instead of the host in `origin`',
    read: readHostname,
  },
  basic_auth: {
    type: '`user:pass`',
    summary: 'sent by HTTP Basic; not together with `oauth2`',
    read: readBasicAuth,
  },
  connect_timeout: {
    type: 'duration',
    default: '10s',
    summary: 'for look-up, TCP, the proxy and TLS; `"0s"`: no limit',
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
  proxy: {
    type: 'URL',
    summary:
      '`http` or `https`, user info allowed; else `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` of the environment, read at start',
    read: readProxy,
  },
  tls: {
    type: 'block',
    summary: 'certificate authorities and a client certificate',
    read: blockOf(tlsAttributes),
  },
  http2: {
    type: 'boolean',
    default: false,
    summary: 'HTTP/2 where the server speaks it, but not in `got`',
    read: readSwitch,
  },
  max_connections: {
    type: 'integer',
    default: 0,
    summary: 'at most so many at a time, counted for `got` apart from `fetch` and `request`; 0: no cap',
    read: wholeNumber(0),
  },
  disable_connection_reuse: {
    type: 'boolean',
    default: false,
    summary: 'a new connection for each request',
    read: readSwitch,
  },
  disable_certificate_validation: {
    type: 'boolean',
    default: false,
    summary: "the server's certificate is not checked; one warning at start",
    read: readSwitch,
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
  forward_headers: {
    type: 'array of header names',
    summary:
      'carried on from the inbound request where the call does not set them (`x-request-id`, `traceparent`, …), before the three above; no credentials, framing or connection headers; not on token requests',
    read: readForwardHeaders,
  },
  remove_query_params: {
    type: 'array of names',
    summary: "taken off each request's query, before the next two",
    read: readQueryNames,
  },
  set_query_params: {
    type: 'object of string or string[]',
    summary: "replace the request's own",
    read: readQueryParams,
  },
  add_query_params: {
    type: 'object of string or string[]',
    summary: "added to the request's own",
    read: readQueryParams,
  },
  abort_on_disconnect: {
    type: '`"safe"` or boolean',
    default: 'safe',
    summary:
      'when the inbound client goes away: `"safe"` aborts GET, HEAD, OPTIONS and `forward`; `true` all; `false` none',
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
  forward_headers: {
    ...backendAttributes.forward_headers,
    read: (_value: unknown, place: Place) =>
      place.refuse('does nothing here: a token request is shared by many inbound requests'),
  },
};

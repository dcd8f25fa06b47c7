/** The attributes of a backend: how each is read. What each means for users stands in `definition.ts`. */

import type { BackendDefinition } from '../definition.js';
import { type Attribute, blockOf } from '../schema/attribute.js';
import { readLimit } from '../schema/duration.js';
import type { Place } from '../schema/place.js';
import { choice, readSwitch, wholeNumber } from '../schema/values.js';
import { readBasicAuth, readHostname, readOrigin, readPathPrefix } from './addresses.js';
import { hintIn } from './habits.js';
import {
  readForwardHeaders,
  readHeaderNames,
  readHeaders,
  readQueryNames,
  readQueryParams,
  readTokenHeader,
  readTokenPrefix,
} from './modifiers.js';
import { readProxy } from './proxy.js';
import { tlsAttributes } from './tls.js';

/** By name, in the order of the documentation. */
export const backendAttributes = {
  origin: { required: 'scheme://host[:port]', read: readOrigin },
  allow_http: { default: false, read: readSwitch },
  path_prefix: { read: readPathPrefix },
  hostname: { read: readHostname },
  basic_auth: { read: readBasicAuth },
  token_header: { default: 'authorization', read: readTokenHeader },
  token_prefix: { default: 'Bearer ', read: readTokenPrefix },
  connect_timeout: { default: '10s', read: readLimit },
  ttfb_timeout: { default: '60s', read: readLimit },
  timeout: { default: '300s', read: readLimit },
  proxy: { read: readProxy },
  tls: { read: blockOf(tlsAttributes, hintIn('tls')) },
  http2: { default: false, read: readSwitch },
  max_connections: { default: 0, read: wholeNumber(0) },
  disable_connection_reuse: { default: false, read: readSwitch },
  disable_certificate_validation: { default: false, read: readSwitch },
  remove_request_headers: { read: readHeaderNames },
  set_request_headers: { read: readHeaders },
  add_request_headers: { read: readHeaders },
  forward_headers: { read: readForwardHeaders },
  remove_query_params: { read: readQueryNames },
  set_query_params: { read: readQueryParams },
  add_query_params: { read: readQueryParams },
  max_response_header_size: { default: 65_536, read: wholeNumber(1, 16 * 1024 * 1024) },
  abort_on_disconnect: { default: 'safe', read: choice('safe', true, false) },
  oauth2: { read: (value) => value },
} satisfies Record<keyof BackendDefinition, Attribute>;

/** The same for a backend that serves one `oauth2` only: without `origin` it has the token endpoint's. */
export const tokenBackendAttributes = {
  ...backendAttributes,
  origin: { read: readOrigin },
  forward_headers: {
    ...backendAttributes.forward_headers,
    read: (_value: unknown, place: Place) =>
      place.refuse('does nothing here: a token request is shared by many inbound requests'),
  },
};

/** got's redirect option for one backend. */

import type { Got, OptionsInit } from 'got';
import type { Bearer } from '../bearer.js';

type Follow = Extract<NonNullable<OptionsInit['followRedirect']>, (...args: never) => unknown>;

/** Follows as the caller wants, but only below the backend's origin and prefix; elsewhere the 3xx is the plain answer. */
export function followBelow(bearer: Bearer, options: OptionsInit, client: Got): Follow {
  const wanted = options.followRedirect ?? client.defaults.options.followRedirect;

  return (response) => {
    const location = response.headers.location;
    if (location === undefined) return false;
    // As got reads it: the bytes of the field are UTF-8.
    const text = Buffer.from(location, 'binary').toString();
    if (!URL.canParse(text, response.url) || !bearer.target.allows(new URL(text, response.url))) return false;
    return typeof wanted === 'function' ? wanted(response) : wanted;
  };
}

/** got's redirect option for one backend. */

import type { OptionsInit } from 'got';
import type { Bearer } from '../../bearer/bearer.js';

type Wanted = NonNullable<OptionsInit['followRedirect']>;

/** Follows as is wanted, but only below the backend's origin and prefix; elsewhere the 3xx is the plain answer. */
export function followBelow(bearer: Bearer, wanted: Wanted): Extract<Wanted, (...args: never) => unknown> {
  return (response) => {
    const location = response.headers.location;
    if (location === undefined) return false;
    // As got reads it: the bytes of the field are UTF-8.
    const text = Buffer.from(location, 'binary').toString();
    if (!URL.canParse(text, response.url) || !bearer.target.allows(new URL(text, response.url))) return false;
    return typeof wanted === 'function' ? wanted(response) : wanted;
  };
}

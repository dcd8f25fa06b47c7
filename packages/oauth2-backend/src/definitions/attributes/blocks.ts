/** Reading a backend with its `oauth2` block and the token backends nested in it; what refers to other places comes later. */

import type { TokenSource } from '../../token.js';
import { type Block, readBlock } from '../schema/attribute.js';
import { isNamedMembers, kindOf, readMember } from '../schema/members.js';
import type { Place } from '../schema/place.js';
import { backendAttributes, tokenBackendAttributes } from './backend.js';
import { hintIn } from './habits.js';
import { oauth2Attributes } from './oauth2.js';
import { signingAttributes } from './signing.js';
import { tlsAttributes } from './tls.js';

const ofBackend = hintIn('backend', { oauth2: Object.keys(oauth2Attributes), tls: Object.keys(tlsAttributes) });
const ofOAuth2 = hintIn('oauth2', {
  jwt_signing_profile: Object.keys(signingAttributes),
  backend: Object.keys(tokenBackendAttributes),
});

/** How many token backends may stand behind each other. */
export const DEEPEST = 8;

/** A backend that was read. */
export interface BackendBlock extends Block<typeof backendAttributes> {
  readonly oauth2: OAuth2Block | undefined;
  /** The caller's own object, given instead of a block. */
  readonly source: TokenSource | undefined;
}

/** An `oauth2` block that was read. */
export interface OAuth2Block extends Block<typeof oauth2Attributes> {
  /** The token backend: its name, or its own definition. */
  readonly backend: string | BackendBlock | undefined;
  /** `options.tokens` gives the tokens: secrets may be missing. */
  readonly replaced: boolean;
}

/**
 * Reads a backend and everything in it; reports what is wrong in it by itself.
 *
 * @param replaced `options.tokens` gives its tokens: a secret may be missing
 * @param depth how many token backends it is nested in
 */
export function readBackend(value: unknown, place: Place, replaced: boolean, depth = 0): BackendBlock {
  const block = readBlock(value, depth === 0 ? backendAttributes : tokenBackendAttributes, place, ofBackend);
  const { oauth2 } = block.values;
  const tokens = oauth2 === undefined ? undefined : readOAuth2(oauth2, place.at('oauth2'), replaced, depth);
  return { ...block, oauth2: undefined, source: undefined, ...tokens };
}

function readOAuth2(
  value: unknown,
  place: Place,
  replaced: boolean,
  depth: number,
): Partial<Pick<BackendBlock, 'oauth2' | 'source'>> | undefined {
  if (!isNamedMembers(value)) return place.refuse(`must be an object or a token source, not ${kindOf(value)}`);
  const token = readMember(value, 'token', place.at('token'));
  if (!token) return undefined;
  if (typeof token.value === 'function') return { source: value as TokenSource };
  const block = readBlock(value, oauth2Attributes, place, ofOAuth2);
  const backend = readTokenBackend(block.values.backend, place.at('backend'), replaced, depth + 1);
  return { oauth2: { ...block, replaced, backend } };
}

function readTokenBackend(value: unknown, place: Place, replaced: boolean, depth: number): OAuth2Block['backend'] {
  if (value === undefined || typeof value === 'string') return value;
  if (!isNamedMembers(value)) return place.refuse(`must be a backend's name or an object, not ${kindOf(value)}`);
  if (depth > DEEPEST) return place.refuse(`token backends are nested more than ${DEEPEST} deep, or in a circle`);
  return readBackend(value, place, replaced, depth);
}

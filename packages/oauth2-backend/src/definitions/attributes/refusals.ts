/** The attributes that say what of an API's answers refuses a token, and what may be asked for then. */

import type { StepUpDefinition } from '../oauth2-definition.js';
import type { ResolvedOAuth2 } from '../resolved.js';
import { type Attribute, blockOf } from '../schema/attribute.js';
import type { Place } from '../schema/place.js';
import { arrayOf, readSwitch } from '../schema/values.js';
import { readScopeToken } from './token-request-values.js';

/** Reads an array of statuses, at least one; each comes out once. */
export const readRefusedStatuses = arrayOf(readStatus, 'status');

function readStatus(value: unknown, place: Place): 401 | 403 | 404 | undefined {
  return value === 401 || value === 403 || value === 404 ? value : place.refuse('must be 401, 403 or 404, as a number');
}

/** By name, in the order of the documentation. */
export const stepUpAttributes = {
  scopes: { read: arrayOf(readScopeToken, 'scope token') },
  claims: { default: false, read: readSwitch },
} satisfies Record<keyof StepUpDefinition, Attribute>;

/** Reads a `step_up` block; one that allows nothing is a problem. */
export function readStepUp(value: unknown, place: Place): ResolvedOAuth2['stepUp'] | undefined {
  const block = readStepUpBlock(value, place);
  if (!block || block.invalid.size > 0) return undefined;
  const { scopes = Object.freeze([]), claims } = block.values;
  if (!block.given.has('scopes') && !claims)
    return place.refuse('does nothing: give "scopes", "claims": true, or both');
  return Object.freeze({ scopes, claims });
}

const readStepUpBlock = blockOf(stepUpAttributes);

/** What a token exchange needs (RFC 8693 §2.1). */

import type { OAuth2Block } from '../attributes/blocks.js';
import { exchangeAttributes } from '../attributes/exchange.js';
import type { ResolvedExchange } from '../resolved.js';
import { attributeOf } from '../schema/attribute.js';
import { credentialOf } from '../schema/value-or-file.js';

/** Gives what the block says of the exchange, or `undefined` when it is not valid; reports what does not fit together. */
export function exchangeOf(block: OAuth2Block): ResolvedExchange | undefined {
  const { values, given, refused, place } = block;
  if (values.require_verified_subject && !given.has('subject_token')) {
    place.at('subject_token').refuse('is missing: with "require_verified_subject" it gives what the verification gave');
  }
  const actor = credentialOf(attributeOf(block, 'actor_token'), attributeOf(block, 'actor_token_file'), {
    replaced: block.replaced,
  });
  const type = attributeOf(block, 'actor_token_type');
  const hasActor = given.has('actor_token') || given.has('actor_token_file');
  if (hasActor && !type.given) type.place.refuse('is missing: it goes with "actor_token" (RFC 8693 §2.1)');
  if (!hasActor && type.given && !block.replaced) {
    place.at('actor_token').refuse('is missing: is the environment variable set? "actor_token_type" goes with it');
  }
  if (OWN.some((name) => refused.has(name)) || (hasActor && !actor)) return undefined;

  const { subject_token: subjectToken, subject_token_type: subjectTokenType } = values;
  if (subjectTokenType === undefined) return undefined;
  return Object.freeze({
    ...(subjectToken && { subjectToken }),
    subjectTokenType,
    verified: values.require_verified_subject,
    ...(hasActor &&
      actor &&
      type.value !== undefined && { actor: Object.freeze({ token: actor.credential, type: type.value }) }),
    ...(values.requested_token_type !== undefined && { requestedTokenType: values.requested_token_type }),
  });
}

const OWN = Object.keys(exchangeAttributes) as (keyof typeof exchangeAttributes)[];

/** From the caller's configuration to what it means: validated, resolved and frozen once, at construction. */

import { ConfigurationError, type Problem } from '../../errors.js';
import { type BackendBlock, DEEPEST, readBackend } from '../attributes/blocks.js';
import type { Resolved, ResolvedBackend } from '../resolved.js';
import { isNamedMembers, isPlainObject, membersOf } from '../schema/members.js';
import { didYouMean } from '../schema/nearest-name.js';
import { type Place, placeIn } from '../schema/place.js';
import { resolveBackend, type Surroundings } from './backend.js';
import { type Environment, environmentProxies } from './environment-proxy.js';

const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
const RESERVED = ['then', 'toJSON', 'constructor', 'prototype'];
/** For editors of a JSON file. */
const SCHEMA = '$schema';
const NAMELESS = 'this is one backend without a name; give it one: { billing: { origin: … } }';
/** What stands beside the definitions, and is not theirs. */
const OPTIONS = ['logger', 'store', 'dispatcher', 'clock', 'tokens'];
const MOST_BACKENDS = 10_000;
const MOST_PROBLEMS = 1000;

/**
 * Gives the configuration as it is used; the caller's object is neither kept nor written to, each member is read once.
 *
 * @param tokenNames the backends whose tokens come from `options.tokens`: their secrets may be missing
 * @param environment where proxies may be named, default `process.env`
 * @throws ConfigurationError with all problems (the first 1,000)
 */
export function resolveDefinitions(
  definitions: unknown,
  tokenNames: readonly string[],
  environment: Environment = process.env,
): Resolved {
  const general: Problem[] = [];
  const replaced = new Set(tokenNames);
  // A list for each backend keeps the problems in the order of the configuration.
  const own: Problem[][] = [];
  const blocks = new Map<string, BackendBlock>();
  for (const { name, value } of membersOf(definitions, placeIn(general), fitName, MOST_BACKENDS)) {
    if (name === 'origin' && typeof value === 'string') throw new ConfigurationError([{ path: '', message: NAMELESS }]);
    const problems: Problem[] = [];
    own.push(problems);
    if (name === SCHEMA) {
      if (typeof value !== 'string')
        placeIn(problems).at(name).refuse('is the address of a schema, a string; it is no backend');
      continue;
    }
    if (OPTIONS.includes(name) && !isDefinition(value)) {
      placeIn(problems).at(name).refuse(`is an option in code, not a backend: (definitions, { ${name} })`);
      continue;
    }
    blocks.set(name, readBackend(value, placeIn(problems).at(name), replaced.has(name)));
  }

  const warnings: string[] = [];
  const variables: Problem[] = [];
  const backends = resolveAll(blocks, {
    replaced: (name) => replaced.has(name),
    proxyFor: environmentProxies(environment, placeIn(variables), warnings),
    warnings,
  });

  const tokens: Problem[] = [];
  for (const name of replaced) {
    if (!blocks.has(name)) refuseUnknown(name, [...blocks.keys()], placeIn(tokens).at('tokens').at(name));
  }
  const problems = [general, ...own, tokens, variables].flat();
  if (problems.length > 0) throw new ConfigurationError(problems.slice(0, MOST_PROBLEMS));
  return Object.freeze({ backends: Object.freeze(backends), warnings: Object.freeze(warnings) });
}

/** Whether it is meant as a backend: it has an origin, or neither a class nor methods. Nothing of it is read. */
function isDefinition(value: unknown): boolean {
  if (!isNamedMembers(value)) return true;
  try {
    const { origin, ...others } = Object.getOwnPropertyDescriptors(value);
    const methods = Object.values(others).some((member) => typeof member.value === 'function');
    return origin !== undefined || (isPlainObject(value) && !methods);
  } catch {
    // A Proxy may throw; reading its members is refused with its place.
    return true;
  }
}

function fitName(name: string, place: Place): boolean {
  if (name === SCHEMA) return true;
  if (!NAME.test(name)) place.refuse('is no name for a backend: letters, digits, "_" and "-", a letter first');
  else if (RESERVED.includes(name)) place.refuse('is no name for a backend: JavaScript gives it a meaning');
  else return true;
  return false;
}

function resolveAll(
  blocks: ReadonlyMap<string, BackendBlock>,
  known: Pick<Surroundings, 'replaced' | 'proxyFor' | 'warnings'>,
): ResolvedBackend[] {
  const endless = unresolvableChains(blocks);
  const done = new Map<string, ResolvedBackend | undefined>();
  const resolve = (name: string, block: BackendBlock): ResolvedBackend | undefined => {
    if (!done.has(name)) done.set(name, resolveBackend(block, name, surroundings));
    return done.get(name);
  };
  const surroundings: Surroundings = {
    ...known,
    blocks,
    resolved(name) {
      const block = blocks.get(name);
      return block && !endless.has(name) ? resolve(name, block) : undefined;
    },
  };
  return [...blocks].map(([name, block]) => resolve(name, block)).filter((backend) => backend !== undefined);
}

/**
 * Gives the names of the backends whose chain of token backends does not end, or is longer than 8 names; reports each
 * backend that is part of a circle.
 */
function unresolvableChains(blocks: ReadonlyMap<string, BackendBlock>): ReadonlySet<string> {
  const next = new Map([...blocks].map(([name, block]) => [name, reference(block)]));
  const unresolvable = new Set<string>();
  for (const [start, first] of next) {
    const chain = [start];
    for (let step = first; step !== undefined; step = next.get(step.name)) {
      chain.push(step.name);
      const circle = step.name === start;
      if (!circle && chain.length <= DEEPEST + 1) continue;
      unresolvable.add(start);
      if (circle) first?.place.refuse(`token backends go round in a circle: ${chain.join(', ')}`);
      // What leads into another backend's circle is not to blame for it.
      else if (new Set(chain).size === chain.length) {
        first?.place.refuse(`leads through more than ${DEEPEST} token backends, or into a circle`);
      }
      break;
    }
  }
  return unresolvable;
}

/** The backend that a block, with the token backends nested in it, refers to by name. */
function reference({ oauth2 }: BackendBlock): { readonly name: string; readonly place: Place } | undefined {
  if (typeof oauth2?.backend === 'string') return { name: oauth2.backend, place: oauth2.place.at('backend') };
  return oauth2?.backend && reference(oauth2.backend);
}

function refuseUnknown(name: string, known: readonly string[], place: Place): void {
  place.refuse(`no backend has this name${didYouMean(name, known)}`);
}

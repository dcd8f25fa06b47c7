/** The backends of one inbound request, from all middlewares that ran, as one read-only object. */

import { ConfigurationError } from '../errors.js';
import type { RequestContext } from '../token.js';
import type { Backend } from './backend.js';
import { membersByName, membersOf, type NamedMembers, unknownBackend } from './members-by-name.js';

type Tied = Readonly<Record<string, Backend>>;

/** What a view asks of `Backends`, whatever their definitions. */
interface NamedBackends {
  readonly names: readonly string[];
  for(context: RequestContext): unknown;
}

/** Collects backends; the request carries `membersByName` of it. Its fields are private, so that console output shows none. */
export class RequestView implements NamedMembers<Backend> {
  readonly #context: RequestContext;
  readonly #parts: Part[] = [];

  constructor(context: RequestContext) {
    this.#context = context;
  }

  /** The view under this member of the request, if one is there. */
  static at(inbound: object, property: string): RequestView | undefined {
    const view = membersOf((inbound as Record<string, unknown>)[property]);
    return view instanceof RequestView ? view : undefined;
  }

  /**
   * Puts a view under this member of the request, read-only and unseen by those who enumerate the request.
   *
   * @throws ConfigurationError when the request has such a member already
   */
  static put(inbound: object, property: string, context: RequestContext): RequestView {
    if (property in inbound) {
      const message = `"${property}" is already something else on the request; another name would be right`;
      throw new ConfigurationError([{ path: 'property', message }]);
    }
    const view = new RequestView(context);
    Object.defineProperty(inbound, property, { value: membersByName(view) });
    return view;
  }

  /**
   * Adds the names of these backends; nothing when they are there already.
   *
   * @throws ConfigurationError when other backends have one of the names
   */
  add(backends: NamedBackends): void {
    if (this.#parts.length > 0) {
      if (this.#part(backends)) return;
      this.#assertFree(backends);
    }
    this.#parts.push({ backends, tied: undefined });
  }

  names(): string[] {
    return this.#parts.flatMap(({ backends }) => backends.names);
  }

  /** These backends, tied to the request; `undefined` when they were not added. */
  tied(backends: NamedBackends): Tied | undefined {
    const part = this.#part(backends);
    return part && this.#tie(part);
  }

  /** @throws UnknownBackendError when no backends have this name */
  member(name: string): Backend {
    for (const part of this.#parts) if (part.backends.names.includes(name)) return memberOf(this.#tie(part), name);
    throw unknownBackend(name, this.names());
  }

  #part(backends: NamedBackends): Part | undefined {
    return this.#parts.find((part) => part.backends === backends);
  }

  #tie(part: Part): Tied {
    part.tied ??= part.backends.for(this.#context) as Tied;
    return part.tied;
  }

  #assertFree(backends: NamedBackends): void {
    const taken = this.names().filter((name) => backends.names.includes(name));
    if (taken.length === 0) return;
    const message = 'is the name of two backends on one request; each name can be given once';
    throw new ConfigurationError(taken.map((path) => ({ path, message })));
  }
}

/** Past the object's Proxy where it is one of ours; another copy of this package has its own. */
function memberOf(tied: Tied, name: string): Backend {
  const members = membersOf(tied) as NamedMembers<Backend> | undefined;
  return members ? members.member(name) : (tied[name] as Backend);
}

interface Part {
  readonly backends: NamedBackends;
  /** Made when first read. */
  tied: Tied | undefined;
}

/** The backends of one inbound request, or of none, each made when first asked for. */

import type { RequestContext } from '../token.js';
import { type Backend, createBackend } from './backend.js';
import { type NamedMembers, unknownBackend } from './members-by-name.js';
import type { Upstream } from './upstream.js';

/** A class, because there is one for each request. */
export class TiedBackends implements NamedMembers<Backend> {
  readonly #upstreams: ReadonlyMap<string, Upstream>;
  readonly #names: readonly string[];
  readonly #context: RequestContext | undefined;
  /** A list, because most requests use one or two. */
  readonly #made: Backend[] = [];

  constructor(upstreams: ReadonlyMap<string, Upstream>, names: readonly string[], context: RequestContext | undefined) {
    this.#upstreams = upstreams;
    this.#names = names;
    this.#context = context;
  }

  names(): readonly string[] {
    return this.#names;
  }

  /** @throws UnknownBackendError when there is none by this name */
  member(name: string): Backend {
    for (const backend of this.#made) if (backend.name === name) return backend;
    const upstream = this.#upstreams.get(name);
    if (!upstream) throw unknownBackend(name, this.#names);
    const backend = createBackend(upstream, this.#context);
    this.#made.push(backend);
    return backend;
  }
}

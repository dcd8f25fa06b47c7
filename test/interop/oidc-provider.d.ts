/** The parts of oidc-provider that have no types of their own and that the tests use. */
declare module 'oidc-provider/lib/provider.js' {
  // biome-ignore lint/suspicious/noExplicitAny: a model of another package, without types
  type Model = any;
  export class Provider {
    constructor(issuer: string, configuration: object);
    readonly AccessToken: Model;
    readonly RefreshToken: Model;
    readonly Grant: Model;
    readonly ResourceServer: Model;
    callback(): (request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void;
    registerGrantType(
      name: string,
      handler: (context: Model) => Promise<void>,
      parameters: string[],
      dupes: string[],
    ): void;
    on(event: string, listener: (...args: Model[]) => void): void;
  }
}
declare module 'oidc-provider/lib/helpers/errors.js' {
  export class InvalidClientAuth extends Error {
    constructor(detail?: string);
  }
  export class InvalidGrant extends Error {
    constructor(detail?: string);
  }
}
declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  export default class MemoryAdapter {
    constructor(model: string);
    find(id: string): Promise<unknown>;
  }
}

/** The parts of oidc-provider that the playground uses; the package has no types of its own. */
declare module 'oidc-provider' {
  interface Saved {
    /** The token as it goes out, or the identifier of a grant. */
    save(): Promise<string>;
    readonly expiration: number;
    readonly tokenType: string;
    resourceServer?: unknown;
  }
  type Model<T> = new (values: Record<string, unknown>) => T;

  export interface ProviderContext {
    readonly path: string;
    readonly method: string;
    readonly req: import('node:http').IncomingMessage;
    status: number;
    body: unknown;
    remove(header: string): void;
    /** Missing until the provider has begun with the request. */
    readonly oidc?: {
      readonly client?: { readonly clientId: string };
      readonly params?: Readonly<Record<string, unknown>>;
    };
  }
  /** What a grant is called with: the client is authenticated, the parameters are those that were registered. */
  export interface GrantContext extends ProviderContext {
    readonly oidc: {
      readonly client: { readonly clientId: string };
      readonly params: Readonly<Record<string, string | undefined>>;
    };
  }

  export class Provider {
    constructor(issuer: string, configuration: object);
    readonly AccessToken: Model<Saved>;
    readonly ClientCredentials: Model<Saved>;
    readonly RefreshToken: Model<Saved>;
    readonly Grant: Model<Saved & { addResourceScope(resource: string, scope: string): void }>;
    readonly ResourceServer: new (
      identifier: string,
      values: object,
    ) => unknown;
    callback(): import('node:http').RequestListener;
    registerGrantType(
      name: string,
      handler: (context: GrantContext) => Promise<void>,
      parameters: readonly string[],
    ): void;
    use(middleware: (context: ProviderContext, next: () => Promise<void>) => Promise<void>): void;
    on(
      event: 'grant.error' | 'server_error',
      listener: (context: ProviderContext, error: Error & { readonly error_detail?: string }) => void,
    ): void;
  }
  type OAuthError = new (description: string) => Error;
  export const errors: {
    readonly InvalidGrant: OAuthError;
    readonly InvalidRequest: OAuthError;
    readonly InvalidScope: new (description: string, scope: string) => Error;
    readonly InvalidTarget: OAuthError;
  };
}

/** Where oidc-provider keeps what it issues: in memory, across the changes of its signing key. */
import type { Client } from '../clients.js';

export interface Storage {
  /** What oidc-provider makes one of for each of its models. */
  readonly adapter: new (
    model: string,
  ) => object;
  /** Refresh tokens are unknown from now on; gives how many there were. */
  forgetRefreshTokens(client?: string): number;
}

interface Stored {
  readonly payload: Record<string, unknown>;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

export function storage(clients: readonly Client[]): Storage {
  const records = new Map<string, Stored>();
  const isRefreshToken = ([key]: [string, Stored]) => key.startsWith('RefreshToken:');

  class Adapter {
    readonly #model: string;

    constructor(model: string) {
      this.#model = model;
    }

    async find(id: string): Promise<unknown> {
      if (this.#model === 'Client') return clients.find(({ client_id }) => client_id === id);
      const record = records.get(this.#key(id));
      return record && record.expires > Date.now() ? record.payload : undefined;
    }

    async upsert(id: string, payload: Record<string, unknown>, expiresIn?: number): Promise<void> {
      if (records.size % 1_000 === 999) dropExpired();
      const expires = expiresIn === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresIn * 1_000;
      records.set(this.#key(id), { payload, expires });
    }

    async consume(id: string): Promise<void> {
      const record = records.get(this.#key(id));
      if (record) record.payload['consumed'] = Math.floor(Date.now() / 1_000);
    }

    async destroy(id: string): Promise<void> {
      records.delete(this.#key(id));
    }

    async revokeByGrantId(grantId: string): Promise<void> {
      for (const [key, { payload }] of records) if (payload['grantId'] === grantId) records.delete(key);
    }

    async findByUid(): Promise<void> {}

    async findByUserCode(): Promise<void> {}

    #key(id: string): string {
      return `${this.#model}:${id}`;
    }
  }

  function dropExpired(): void {
    for (const [key, { expires }] of records) if (expires <= Date.now()) records.delete(key);
  }

  return {
    adapter: Adapter,
    forgetRefreshTokens(client) {
      const chosen = [...records]
        .filter(isRefreshToken)
        .filter(([, { payload }]) => client === undefined || payload['clientId'] === client);
      for (const [key] of chosen) records.delete(key);
      return chosen.filter(([, { payload }]) => payload['consumed'] === undefined).length;
    },
  };
}

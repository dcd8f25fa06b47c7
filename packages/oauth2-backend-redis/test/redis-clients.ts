/** The clients that a Redis store may get, connected, behind one call. */
import { createClient, createClientPool, createCluster } from '@redis/client';
import { Cluster, Redis } from 'ioredis';
import { Redis as Valkey, Cluster as ValkeyCluster } from 'iovalkey';
import type { RedisClient } from 'oauth2-backend-redis';

/** A connected client and the way to end it, whatever the state of its server. */
export interface ConnectedClient {
  readonly client: RedisClient;
  end(): void;
}

type Connect = (port: number) => Promise<ConnectedClient>;

/** Clients of one server. */
export const clients: Readonly<Record<string, Connect>> = {
  async '@redis/client'(port) {
    const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: 50 } }).on('error', () => {});
    await client.connect();
    return { client, end: () => client.destroy() };
  },
  async 'a pool of @redis/client'(port) {
    const client = createClientPool({ socket: { host: '127.0.0.1', port } }, { minimum: 2 }).on('error', () => {});
    await client.connect();
    return { client, end: () => client.destroy() };
  },
  async ioredis(port) {
    const client = new Redis({ host: '127.0.0.1', port, retryStrategy: () => 50 }).on('error', () => {});
    await client.ping();
    return { client, end: () => client.disconnect() };
  },
  async iovalkey(port) {
    const client = new Valkey({ host: '127.0.0.1', port, retryStrategy: () => 50 }).on('error', () => {});
    await client.ping();
    return { client, end: () => client.disconnect() };
  },
};

/** Clients of a cluster. */
export const clusterClients: Readonly<Record<string, Connect>> = {
  async '@redis/client'(port) {
    const client = createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${port}` }] }).on('error', () => {});
    await client.connect();
    return { client, end: () => client.destroy() };
  },
  async ioredis(port) {
    const client = new Cluster([{ host: '127.0.0.1', port }]).on('error', () => {});
    return { client, end: () => client.disconnect() };
  },
  async iovalkey(port) {
    const client = new ValkeyCluster([{ host: '127.0.0.1', port }]).on('error', () => {});
    return { client, end: () => client.disconnect() };
  },
};

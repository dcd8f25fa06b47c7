/** One way to send a command, whatever the client. */

/** A client of @redis/client or redis 5, ioredis 5 or iovalkey, or newer; one server, a cluster, a pool or sentinels. */
export type RedisClient = { call(...args: never): unknown } | { sendCommand(...args: never): unknown };

/** Sends a command about one key to whoever has it. */
export type SendCommand = (key: string, command: readonly string[]) => Promise<unknown>;

type Send = (...args: unknown[]) => Promise<unknown>;

/** Tells the client by its members; `undefined` for what is none that we know. */
export function sendCommand(client: unknown): SendCommand | undefined {
  if ((typeof client !== 'object' && typeof client !== 'function') || client === null) return undefined;
  if (has(client, 'call')) {
    const { call } = client as { call: Send };
    return (_key, command) => call.apply(client, [...command]);
  }
  if (!has(client, 'sendCommand')) return undefined;
  const send: Send = (...args) => (client as { sendCommand: Send }).sendCommand(...args);
  if ('slots' in client && 'masters' in client) return (key, command) => send(key, false, command);
  if (has(client, 'getSentinelNode')) return (_key, command) => send(false, command);
  return (_key, command) => send(command);
}

function has(client: object, member: string): boolean {
  return typeof (client as Record<string, unknown>)[member] === 'function';
}

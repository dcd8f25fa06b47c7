/** The way to a server, step by step: its addresses, the connection, a proxy's tunnel, TLS. No request is sent. */

import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { openTunnel } from '../transport/proxy.js';
import { explainConnection } from './connection-errors.js';
import type { ConnectionTarget } from './connection-target.js';
import type { Mask } from './mask.js';
import type { Step } from './report.js';
import { type Timed, timed } from './timed.js';
import { tlsStep } from './tls-step.js';

/** Takes the steps up to the first that fails; each within the backend's `connect_timeout`. */
export async function connectionSteps(target: ConnectionTarget, mask: Mask): Promise<Step[]> {
  const { origin, proxy } = target;
  const limit = target.timeouts.connect;
  const server = addressOf(origin);
  const first = proxy ? addressOf(proxy.url) : server;
  const steps: Step[] = [];

  if (isIP(first.host) === 0) {
    const looked = await timed(() => lookup(first.host, { all: true }), limit);
    const addresses = [...new Set((looked.value ?? []).map(({ address }) => address))];
    steps.push({ step: 'look-up', ...outcome(looked, first, mask), host: mask.text(first.host), addresses });
    if (!looked.value) return steps;
  }

  const direct = (signal: AbortSignal) => openSocket(first, signal);
  const connected = await timed(direct, limit);
  const address = connected.value?.remoteAddress;
  steps.push({
    step: 'connect',
    ...outcome(connected, first, mask),
    host: mask.text(first.host),
    port: first.port,
    ...(address !== undefined && { address }),
    proxy: proxy !== undefined,
  });
  connected.value?.destroy();
  if (!connected.value || !origin.startsWith('https:')) return steps;
  if (!proxy) return [...steps, await tlsStep({ target, ...server, open: direct, mask })];

  const tunnel = (signal: AbortSignal) =>
    new Promise<Socket>((resolve, reject) => {
      openTunnel(proxy, server, {
        signal,
        done: (error, socket) => (socket ? resolve(socket.on('error', () => {})) : reject(error)),
      });
    });
  const through = await timed(tunnel, limit);
  through.value?.destroy();
  const to = mask.text(`${server.host}:${server.port}`);
  steps.push({ step: 'tunnel', ...outcome(through, first, mask), proxy: mask.text(proxy.url), to });
  return through.value ? [...steps, await tlsStep({ target, ...server, open: tunnel, mask })] : steps;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

function addressOf(origin: string): Address {
  const { protocol, hostname, port } = new URL(origin);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}

async function openSocket({ host, port }: Address, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host, port });
  // What happens to it afterwards is nobody's business any more.
  socket.on('error', () => {});
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function outcome({ error, milliseconds }: Timed<unknown>, { host, port }: Address, mask: Mask) {
  if (error === undefined) return { ok: true, milliseconds };
  return { ok: false, milliseconds, error: explainConnection(error, `${host}:${port}`, mask) };
}

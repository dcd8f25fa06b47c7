/** Faults before a request can be read. */
import type { Socket } from 'node:net';
import type { Fault } from './fault.js';

/** A connection that does not come about, or that comes to nothing at once. */
export const connectionFaults: readonly Fault[] = [
  { name: 'a closed port', reaches: 'nothing', outcome: 'failure', closed: true },
  {
    name: 'a reset of the new connection',
    reaches: 'nothing',
    outcome: 'failure',
    connection: (socket) => void (socket as Socket).resetAndDestroy(),
  },
  {
    name: 'the end of the new connection',
    reaches: 'nothing',
    outcome: 'failure',
    connection: (socket) => void socket.resume().end(),
  },
  {
    name: 'an accepted connection and silence in place of the TLS handshake',
    reaches: 'nothing',
    outcome: 'silence',
    tls: true,
    connection: (socket) => void socket.resume(),
  },
  {
    name: 'a reset in the TLS handshake',
    reaches: 'nothing',
    outcome: 'failure',
    tls: true,
    connection: (socket) => void socket.once('data', () => (socket as Socket).resetAndDestroy()),
  },
  {
    name: 'plain HTTP in place of the TLS handshake',
    reaches: 'nothing',
    outcome: 'failure',
    tls: true,
    connection: (socket) => void socket.resume().end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n'),
  },
  { name: 'an expired certificate', reaches: 'nothing', outcome: 'failure', tls: true, certificate: 'expired' },
  {
    name: 'a certificate for another host',
    reaches: 'nothing',
    outcome: 'failure',
    tls: true,
    certificate: 'otherName',
  },
  {
    name: 'a certificate of an unknown authority',
    reaches: 'nothing',
    outcome: 'failure',
    tls: true,
    certificate: 'stranger',
  },
];

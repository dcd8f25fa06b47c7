/** The process of the applications. It is told what to do by messages, and tells of everything that nobody handled. */
import { setTimeout as pause } from 'node:timers/promises';
import { serve } from '../serve.js';
import { clientNames } from './call-backend.js';
import { definitions } from './definitions.js';
import { expressApp } from './express-app.js';
import { koaApp } from './koa-app.js';
import { measure } from './measure.js';

const makers = { express: expressApp, koa: koaApp };
const running = [];
let heartbeat;

const actions = {
  async start(servers) {
    const apps = {};
    for (const [name, make] of Object.entries(makers)) {
      const { handler, clients } = make(definitions({ app: name, ...servers }));
      const server = await serve(handler);
      running.push({ server, clients });
      apps[name] = server.origin;
    }
    heartbeat = setInterval(() => process.send({ type: 'heartbeat' }), 100);
    return { apps, clientNames };
  },
  measure,
  /** What is left when everything was closed: nothing but the channel to the other process. */
  async close() {
    clearInterval(heartbeat);
    for (const { server, clients } of running) {
      await server.close();
      await clients.close();
    }
    await pause(200);
    return measure();
  },
  async end() {
    ending = true;
    process.disconnect();
  },
};
let ending = false;

// The other process has gone: nobody is left to tell. Asked to end, this one has to do so by itself.
process.on('disconnect', () => {
  if (!ending) process.exit(1);
});

process.on('message', ({ type, ...given }) => {
  void actions[type](given).then((result) => type !== 'end' && process.send({ type, result }));
});
for (const event of ['unhandledRejection', 'uncaughtException', 'warning']) {
  process.on(event, (reason) => {
    // What the library itself reports of what it met - tokens refused right after issue - is what it should do.
    if (reason?.name === 'OAuth2BackendWarning') process.send({ type: 'report' });
    else process.send({ type: 'unhandled', event, text: String(reason?.stack ?? reason) });
  });
}

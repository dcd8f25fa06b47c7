/** One Express application in a process of its own: `node app-process.js NAME`. */
import { createServer } from 'node:http';
import express from 'express';
import { listen } from 'test-servers/listen';
import { watchMemory } from '../measuring/memory.js';
import { answerParent } from './answer-parent.js';

const [name] = process.argv.slice(2);

process.env.NODE_ENV = 'production';

answerParent({
  /** Listens and gives the origin. */
  async open(options) {
    const application = express();
    const { attach } = await import(`../apps/${name}.js`);
    await attach(application, options);
    const { origin } = await listen(createServer(application));
    return origin;
  },
  /** User and system, microseconds since the process began. */
  cpu() {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  watchMemory,
});

/** Inbound clients of an application, in a process of their own. */
import { Agent } from 'undici';
import { closedLoop } from '../measuring/load.js';
import { answerParent } from './answer-parent.js';

const agent = new Agent();

answerParent({
  /** GET of `path` at `origin`, as `closedLoop` in measuring/load.js. */
  closedLoop: ({ origin, path, ...load }) =>
    closedLoop(async () => {
      const { statusCode, body } = await agent.request({ origin, path, method: 'GET' });
      await body.dump();
      return statusCode;
    }, load),
});

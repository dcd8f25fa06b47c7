/** The promises, by theme. A row says one, `run(cell)` sees whether it is kept; `not` says of a protocol or a framework why it cannot be, `bare: false` that a proxy has no part in it. */
import { answerHeads } from './rows/answer-heads.js';
import { backendAnswers } from './rows/answers.js';
import { requestBodies } from './rows/bodies.js';
import { broughtBodies } from './rows/brought-bodies.js';
import { browsers } from './rows/browsers.js';
import { connections } from './rows/connections.js';
import { earlyAnswers } from './rows/early-answers.js';
import { failures } from './rows/failures.js';
import { requestHeaders } from './rows/headers.js';
import { paths } from './rows/paths.js';
import { streams } from './rows/streams.js';
import { refusedTokens } from './rows/tokens.js';
import { traces } from './rows/traces.js';
import { webSockets } from './rows/web-sockets.js';

export const themes = [
  { name: 'The path', rows: paths },
  { name: 'Headers of requests', rows: requestHeaders },
  { name: 'Bodies of requests', rows: [...requestBodies, ...broughtBodies] },
  { name: 'In time', rows: [...streams, ...earlyAnswers] },
  { name: 'Answers', rows: [...backendAnswers, ...answerHeads] },
  { name: 'Caches and browsers', rows: browsers },
  { name: 'Tokens', rows: refusedTokens },
  { name: 'Connections', rows: connections },
  { name: 'WebSockets', rows: webSockets },
  { name: 'Traces', rows: traces },
  { name: 'When something fails', rows: failures },
];

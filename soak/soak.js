/** Both frameworks under load while everything around them fails, and the invariants that hold all the time. */
import { setTimeout as pause } from 'node:timers/promises';
import { applicationProcess } from './application-process.js';
import { faultTimeline } from './fault-timeline.js';
import { foreignHost } from './foreign-host.js';
import { judgeClosed, judgeMemory } from './memory.js';
import { seededRandom } from './random.js';
import { finalTable, progressLine, result } from './report.js';
import { resourceApi } from './resource-api.js';
import { stallWatch } from './stalls.js';
import { tokenBudget } from './token/budget.js';
import { clientSecret } from './token/client-secret.js';
import { tokenLedger } from './token/ledger.js';
import { tokenServer } from './token/server.js';
import { violationList } from './violations.js';
import { visitVerdict } from './visit-verdict.js';
import { visitors as makeVisitors } from './visitors.js';

const TOKEN_LIFE = 2;
const VISITORS = 16;
const USERS = Array.from({ length: 8 }, (_, index) => `user-${index + 1}`);
/** Of both applications together: identities (two clients, and two with all users) and token backends. */
const CALLERS = { identities: 2 * (2 + 2 * USERS.length), tokenBackends: 2 * 3 };
const WARM_UP = 0.25;

/** Runs for `seconds`, prints to `print`, and gives whether every invariant held. */
export async function soak({ seconds, seed, print }) {
  const random = seededRandom(seed);
  const violations = violationList();
  const stalls = stallWatch();
  const ledger = tokenLedger({ life: TOKEN_LIFE });
  /** The visits under way, by id. */
  const open = new Map();
  const foreign = await foreignHost({ violations });
  const budget = tokenBudget({ ledger, violations, stalls });
  const secret = await clientSecret();
  const tokens = await tokenServer({ ledger, budget, secret, random: random.fork(), callers: CALLERS });
  const api = await resourceApi({ ledger, open, violations, stalls, foreign: foreign.origin, random: random.fork() });
  const process = applicationProcess({ violations, onHeartbeat: stalls.beat });
  const over = new AbortController();

  print(`soak: ${seconds} s, seed ${seed}`);
  try {
    const servers = { api: api.origin, tokenEndpoint: tokens.tokenEndpoint, secretFile: secret.file };
    const { apps, clientNames } = await process.ask('start', servers);
    const verdict = visitVerdict({ ledger, tokens, budget, violations, stalls, foreign: foreign.origin });
    const visitors = makeVisitors({
      count: VISITORS,
      random: random.fork(),
      apps,
      clientNames,
      users: USERS,
      verdict,
      open,
    });
    const signal = over.signal;
    const faults = faultTimeline({ random: random.fork(), signal, tokens, api, ledger, secret, users: USERS });
    const began = performance.now();
    const parts = { seconds, seed, visitors, verdict, tokens, api, faults, clientNames, stalls, violations };
    const lines = setInterval(() => print(progressLine({ ...parts, elapsed: performance.now() - began })), 10_000);

    visitors.resume();
    await pause(seconds * 1000 * WARM_UP);
    await visitors.pause();
    const warm = await process.ask('measure');
    const { visits } = visitors.counts;
    visitors.resume();
    await pause(seconds * 1000 * (1 - WARM_UP));
    await visitors.pause();
    const elapsed = performance.now() - began;
    clearInterval(lines);
    over.abort();
    await faults.ended;
    const end = await process.ask('measure');
    judgeMemory({ warm, end, visits: visitors.counts.visits - visits, visitors: VISITORS, seconds, violations });
    visitors.close();
    judgeClosed(await process.ask('close'), violations);
    await process.end();
    print(finalTable({ ...parts, elapsed, warm, end, reports: process.reports() }));
  } finally {
    process.kill();
    for (const server of [foreign, tokens, api]) await server.close();
    await secret.remove();
  }
  print(result(violations, seed));
  return violations.list().length === 0;
}

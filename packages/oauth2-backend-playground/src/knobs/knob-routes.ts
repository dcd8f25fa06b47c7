/** `GET /knobs` and `POST /knobs/NAME`, the same at both servers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Journal } from '../journal.js';
import { answerJson } from '../web/answers.js';
import type { Knobs } from './knob.js';
import type { KnobBoard } from './knob-board.js';
import { KnobError, knobQuery } from './knob-query.js';

export interface KnobRoutes {
  readonly knobs: Knobs;
  readonly board: KnobBoard;
  readonly journal: Journal;
}

/** Answers a request below `/knobs`. */
export async function answerKnobs(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  { knobs, board, journal }: KnobRoutes,
): Promise<void> {
  const name = url.pathname.slice('/knobs/'.length);
  if (name === '' && request.method === 'GET') {
    return answerJson(response, 200, { on: board.on(), knobs: board.commands() });
  }
  const knob = Object.hasOwn(knobs, name) ? knobs[name] : undefined;
  if (!knob) return answerJson(response, 404, { error: `no such knob; there are ${Object.keys(knobs).join(', ')}` });
  if (request.method !== 'POST') return answerJson(response, 405, { error: 'turned by POST' }, { allow: 'POST' });
  try {
    const turned = await knob.turn(knobQuery(url.searchParams, knob.query));
    journal.add({ kind: 'knob', what: name, outcome: JSON.stringify(turned) });
    answerJson(response, 200, turned);
  } catch (error) {
    if (!(error instanceof KnobError)) throw error;
    answerJson(response, 400, { error: error.message });
  }
}

/** The frameworks, and how each makes the application that a row asks for. */
import { express4Application, express5Application } from './applications/express.js';
import { koa2Application, koa3Application } from './applications/koa.js';
import { nestjs11Application, nestjs12Application } from './applications/nestjs.js';

/**
 * By name, each with `make(spec, definitions, errors)`, which gives `{ listener, clients, close? }` and tells `errors` what the
 * application's owner would hear of. A spec has `mount` and, if wanted:
 * - `forward`: its options
 * - `wildcard`: mounted with one, as NestJS does it; Koa routes then, and the path stays whole
 * - `before(req, res)`: what a middleware does before, with Node's own objects
 * - `parse`: a parser reads JSON before
 * - `compress`: answers are compressed
 * - `late`: name and value of a header that a middleware adds when the answer is there
 * - `serve(backend, inbound)`: the application's own handler, which gives a `Response`, in place of `forward`
 */
export const applications = [
  { name: 'Express 4', make: express4Application },
  { name: 'Express 5', make: express5Application },
  { name: 'Koa 2', make: koa2Application },
  { name: 'Koa 3', make: koa3Application },
  { name: 'NestJS 11', make: nestjs11Application },
  { name: 'NestJS 12', make: nestjs12Application },
];

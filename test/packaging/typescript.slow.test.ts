import { compiles, needsModule } from './typescript-projects.js';

compiles([
  ['7', 'strict', true],
  ['7', 'strict', false],
  ['7', 'strictest', true],
  ['6', 'strictest', false],
]);
needsModule();

export type { PlaygroundDefinition } from './definitions/playground-definitions.js';
export { type Playground, type PlaygroundOptions, playground } from './playground.js';
export { PortError } from './web/listen.js';

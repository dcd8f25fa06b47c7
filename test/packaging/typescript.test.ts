import { compiles } from './typescript-projects.js';

compiles([['7', 'strictest', false]]);

import { serveExpress } from './applications.js';
import { refusalTable } from './refusal-table.js';

refusalTable('express', serveExpress);

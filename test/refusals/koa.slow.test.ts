import { serveKoa } from './applications.js';
import { refusalTable } from './refusal-table.js';

refusalTable('koa', serveKoa);

import { outages } from './token-endpoint-outages.js';

outages('a reset before the answer', '429');

import { outages } from './token-endpoint-outages.js';

outages('a closed port', 'silence before the answer', '503');

import { everyFailure } from './every-failure.js';

everyFailure('production');

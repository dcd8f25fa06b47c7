import { judgedBy } from './judged-by.js';

judgedBy('7', 'loose');
judgedBy('7', 'strict');
judgedBy('6', 'strict');
judgedBy('5.9', 'strictest');
judgedBy('5.7', 'loose');
judgedBy('5.7', 'strict');
judgedBy('7', 'strictest', 'backends of Express');
judgedBy('7', 'strict', 'backends of Koa');

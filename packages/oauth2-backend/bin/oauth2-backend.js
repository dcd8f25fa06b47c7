#!/usr/bin/env node
// Here before anything is built: `npm ci` links it then.
import '../dist/check/main.js';

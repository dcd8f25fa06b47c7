/** Jest's own `require` loads ES modules from Node 24.9 on only; this hands Node's `require`, which does, to the tests. */
'use strict';

const { TestEnvironment } = require('jest-environment-node');

module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.global.nodeRequire = require;
  }
};

'use strict';

module.exports = {
  testEnvironment: './jest-environment.js',
  setupFiles: ['./jest-setup.js'],
};

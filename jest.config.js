/** Jest: one project a package and one for the tests across packages; TypeScript is stripped by swc and checked by `npm run typecheck`. */

const shared = {
  testEnvironment: 'node',
  coveragePathIgnorePatterns: ['/node_modules/', '/test/', '/test-servers/', '/examples/'],
  testMatch: ['<rootDir>/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/fixtures/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript' },
          target: 'es2023',
          transform: { verbatimModuleSyntax: true },
        },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    '^oauth2-backend/store-contract$': `${import.meta.dirname}/packages/oauth2-backend/src/sharing/store-contract.ts`,
    '^((?:express-|koa-)?oauth2-backend(?:-redis|-playground)?)$': `${import.meta.dirname}/packages/$1/src/index.ts`,
    '^test-servers/(.*)$': `${import.meta.dirname}/packages/test-servers/src/$1.ts`,
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};

const packages = [
  'oauth2-backend',
  'express-oauth2-backend',
  'koa-oauth2-backend',
  'oauth2-backend-redis',
  'oauth2-backend-playground',
  'test-servers',
];

export default {
  projects: [
    ...packages.map((name) => ({ ...shared, displayName: name, rootDir: `packages/${name}` })),
    { ...shared, displayName: 'repository', rootDir: 'test' },
  ],
  reporters: ['default', '<rootDir>/test/tools/summary-line.js'],
  // Many tests measure time: more of them at once than two would disturb each other, however many cores there are.
  maxWorkers: 2,
  // Jest keeps much of every test file: a worker that holds more is replaced before its next file.
  workerIdleMemoryLimit: '512MB',
  // A machine that does other things too must not fail a test; what is slow is measured elsewhere.
  testTimeout: 20_000,
  coverageProvider: 'babel',
};

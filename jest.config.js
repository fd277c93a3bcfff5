// Two kinds of tests: `pure` ones need nothing but the code; `served` ones run on a real PostgreSQL and a real Temporal
// server, which are started once for the run and only when such a test is asked for.
const pureFolders = ['domain', 'adapters', 'simulators', 'cli', 'tools', 'deployment', 'histories'];

const esModules = 'jose|file-type|strtok3|token-types|uint8array-extras|@tokenizer/inflate|@borewit/text-codec';

const common = {
  testEnvironment: '<rootDir>/test/support/environment.cjs',
  roots: ['<rootDir>/test'],
  transform: {
    // Published as ES modules only, which Jest reads on Node 24 and later; older ones get it translated.
    [`/node_modules/(${esModules})/.+\\.js$`]: [
      '@swc/jest',
      { jsc: { target: 'es2022' }, module: { type: 'commonjs' } },
    ],
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/\\.southbound', '<rootDir>/\\.cache'],
};

module.exports = {
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  testTimeout: 150_000,
  projects: [
    {
      ...common,
      displayName: 'pure',
      testMatch: pureFolders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
    },
    {
      ...common,
      displayName: 'served',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', ...pureFolders.map((folder) => `<rootDir>/test/${folder}/`)],
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    },
  ],
};

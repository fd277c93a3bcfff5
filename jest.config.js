// Two kinds of tests: `pure` ones need nothing but the code; `served` ones run on a real PostgreSQL and a real Temporal
// server, which are started once for the run and only when such a test is asked for.
const pureFolders = ['domain', 'adapters', 'simulators', 'cli', 'tools', 'deployment', 'histories'];

const esModules = 'jose|file-type|strtok3|token-types|uint8array-extras|@tokenizer/inflate|@borewit/text-codec';

/**
 * What tests run in is a sandbox, which asks its global object anew each time that a name of it is met, by way of Jest: a thousand times as
 * long as a variable takes. Given to each module as variables, the names that nobody replaces cost nothing.
 */
const language = [
  ...[
    'Array',
    'BigInt',
    'Boolean',
    'Date',
    'Error',
    'JSON',
    'Map',
    'Math',
    'Number',
    'Object',
    'Promise',
    'Proxy',
    'RangeError',
  ],
  ...['Reflect', 'RegExp', 'Set', 'String', 'Symbol', 'TypeError', 'Uint8Array', 'WeakMap'],
];

const common = {
  sandboxInjectedGlobals: language,
  testEnvironmentOptions: { globalsCleanup: 'off' },
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

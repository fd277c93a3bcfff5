/**
 * Who may import whom. Arrows point inward: cli, worker, api -> workflows, activities -> adapters, prisma -> domain.
 * The product's folders are listed once; each line below names what one of them may see besides itself.
 */
const PRODUCT = 'domain|workflows|activities|adapters|api|worker|cli|prisma|generated|simulators|console';
const ALL = `${PRODUCT}|bench|test|tools|samples`;

const only = (from, ...allowed) => ({
  name: `${from}-imports`,
  severity: 'error',
  comment: `${from}/ may import: ${[from, ...allowed].join(', ')}`,
  from: { path: `^${from}/` },
  to: { path: `^(${ALL})/`, pathNot: [from, ...allowed].map((place) => `^${place}(/|\\.ts$)`) },
});

module.exports = {
  forbidden: [
    only('domain'),
    only('workflows', 'domain', 'activities'),
    only('activities', 'domain', 'prisma', 'generated', 'adapters'),
    only('adapters', 'domain'),
    // Of activities/database only how rows of a process are found: a reading that finds them otherwise reads whole tables.
    only(
      'api',
      'domain',
      'workflows/messages',
      'activities/intake',
      'activities/database/of-process',
      'activities/database/promises-found',
      'activities/database/audit-found',
      'prisma',
      'generated',
    ),
    only('worker', 'domain', 'workflows', 'activities', 'adapters', 'api', 'prisma', 'generated'),
    // Over HTTP where a process is concerned; the worker's wiring, the migrations and the rules (verify cases) directly;
    // api/main and simulators/launch only to start them, simulators/courses to write what they play.
    only('cli', 'worker', 'prisma', 'domain', 'api/main', 'simulators/launch', 'simulators/courses'),
    only('prisma', 'domain', 'generated'),
    only('simulators', 'adapters/clearing-files/layouts'),
    only('console'),
    only('samples'),
    {
      name: 'tools-import-nothing-of-the-day',
      severity: 'error',
      comment: 'Tools look after the project: they see what it is made of, not what it does.',
      from: { path: '^tools/' },
      to: { path: '^(domain|workflows|activities|adapters|simulators|bench|test|samples)/' },
    },
    {
      name: 'workflows-see-activity-types-only',
      severity: 'error',
      comment: 'A workflow that imports activity code pulls the database driver into the sandbox.',
      from: { path: '^workflows/' },
      to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'prisma-sees-domain-types-only',
      severity: 'error',
      from: { path: '^prisma/' },
      to: { path: '^domain/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'A rule is a formula: only decimal.js below it.',
      from: { path: '^domain/' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'core'],
        pathNot: 'node_modules/decimal\\.js/',
      },
    },
    {
      name: 'workflows-use-temporal-only',
      severity: 'error',
      comment: 'Anything else may not be deterministic, or not work in the sandbox at all.',
      from: { path: '^workflows/' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'core'],
        pathNot: 'node_modules/@temporalio/(workflow|common)/',
      },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-test-in-product',
      severity: 'error',
      from: { path: `^(${PRODUCT}|tools)/` },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-development-package-in-product',
      severity: 'error',
      comment: 'The production image installs without development packages.',
      from: { path: `^(${PRODUCT})/` },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: ['node_modules', '^generated/'] },
    exclude: { path: '^(dist|\\.cache|\\.southbound)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

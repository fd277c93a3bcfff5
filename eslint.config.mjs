// Type-checked lint. What the compiler cannot see and a reviewer should not have to: a clock or a float where a rule
// must give the same answer twice, a forgotten await, a switch that misses a case.
import { builtinModules } from 'node:module';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const nodeBuiltins = builtinModules.flatMap((name) => [name, `node:${name}`]);
const clock = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take the time as an argument.' },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Take the time as an argument.',
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Rules give the same answer twice.',
  },
];
const floats = [
  { selector: "CallExpression[callee.property.name='toNumber']", message: 'Money and rates stay exact.' },
  {
    selector: "CallExpression[callee.name='parseFloat'], CallExpression[callee.property.name='parseFloat']",
    message: 'Money and rates stay exact.',
  },
  {
    selector: "CallExpression[callee.name='Number']",
    message: 'Money and rates stay exact; for a count or a calendar number say Number.parseInt(text, 10).',
  },
];

export default defineConfig(
  { ignores: ['node_modules/', 'generated/', 'dist/', '.cache/', '.southbound/', '**/*.js', '**/*.cjs', '**/*.mjs'] },
  ...tseslint.configs.recommendedTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      eqeqeq: ['error', 'always'],
      // Sizes are guidance: warnings are printed and never fail the check.
      'max-lines-per-function': ['warn', { max: 70, skipComments: true, skipBlankLines: true }],
      'max-lines': ['warn', { max: 300, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: ['domain/**', 'workflows/**'],
    rules: {
      'no-restricted-syntax': ['error', ...clock, ...floats],
      'no-restricted-imports': ['error', ...nodeBuiltins],
    },
  },
  {
    // The one place where a process may read Temporal's own clock: to turn an instant into the length of a timer.
    files: ['workflows/building-blocks/business-clock*'],
    rules: { 'no-restricted-syntax': ['error', ...floats] },
  },
  { files: ['test/**'], rules: { 'max-lines': 'off', 'max-lines-per-function': 'off' } },
  {
    // What comes back over HTTP is compared as JSON; the shape is the document's, which the API itself keeps to.
    files: ['test/api/**'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);

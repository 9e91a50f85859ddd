/** Lint rules: strict and type-checked TypeScript, Svelte, and purity of the protocol. */
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const TYPESCRIPT = ['**/*.ts'];
const SVELTE = ['**/*.svelte'];

/** What the protocol must be handed as an argument instead of reaching for it. */
const IMPURE_GLOBALS = [
  ...['Date', 'performance', 'Intl', 'crypto', 'process', 'console', 'navigator', 'location'],
  ...['fetch', 'WebSocket', 'localStorage', 'sessionStorage', 'indexedDB'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'requestAnimationFrame'],
].map((name) => ({ name, message: 'The protocol is pure: take it as an argument.' }));

const IMPURE_SYNTAX = [
  {
    selector: ':function[async=true], AwaitExpression, ForOfStatement[await=true]',
    message: 'The protocol is pure: nothing in it waits.',
  },
  {
    selector: 'MemberExpression[property.name=/^(localeCompare|toLocale\\w*)$/]',
    message: 'The protocol knows no locale: compare by code unit.',
  },
  {
    selector: 'ImportExpression',
    message: 'The protocol imports statically.',
  },
];

/** @type {NonNullable<import('typescript-eslint').ConfigArray[number]['rules']>} */
const TYPED_RULES = {
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/no-confusing-void-expression': [
    'error',
    { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
  ],
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
  ],
  // Numbers and bigints read well in messages; objects do not.
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true },
  ],
  // Ports are asynchronous by type; an implementation that need not wait is still one.
  '@typescript-eslint/require-await': 'off',
};

export default tseslint.config(
  {
    ignores: ['build/', '.svelte-kit/', '.world/', '**/dist/', 'node_modules/', 'test-results/'],
  },
  { linterOptions: { noInlineConfig: true } },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'] }],
    },
  },
  { files: TYPESCRIPT, extends: [tseslint.configs.strictTypeChecked], rules: TYPED_RULES },
  {
    files: TYPESCRIPT,
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
  },
  // Types inside components are svelte-check's business; here the rules that need none.
  {
    files: SVELTE,
    extends: [tseslint.configs.strict, svelte.configs.recommended],
    languageOptions: {
      globals: globals.browser,
      // Only what the rules ask for: a cache of results needs a configuration without functions.
      parserOptions: {
        parser: tseslint.parser,
        svelteConfig: { kit: { files: svelteConfig.kit?.files } },
      },
    },
    rules: {
      'no-undef': 'off',
      // `let { … } = $props()` is how Svelte writes it, whether reassigned or bound.
      'prefer-const': 'off',
      // Links are root-relative, and those handed to a component are resolved by its caller.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  // The service worker has other globals and a TypeScript project of its own.
  {
    files: ['web/service-worker.ts', 'web/service-worker/**/*.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: globals.serviceworker },
  },
  {
    files: ['protocol/src/**/*.ts'],
    ignores: ['protocol/src/**/*.test.ts'],
    rules: {
      'no-restricted-globals': ['error', ...IMPURE_GLOBALS],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
      'no-restricted-syntax': ['error', ...IMPURE_SYNTAX],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    ignores: ['web/**'],
    languageOptions: { globals: globals.node },
  },
  { files: ['web/**/*.js'], languageOptions: { globals: globals.browser } },
);

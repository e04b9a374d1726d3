import compat from 'eslint-plugin-compat';
import tseslint from 'typescript-eslint';
import ts from 'typescript';

/** What the architecture forbids and no dependency shows. */
const house = {
  rules: {
    'static-sql': {
      meta: {
        type: 'problem',
        schema: [],
        messages: { made: 'SQL is written out; what varies goes into bindings.' },
      },
      create(context) {
        const { getTypeAtLocation } = context.sourceCode.parserServices;
        return {
          'CallExpression[callee.property.name=/^(raw|.+Raw)$/]'(node) {
            const [text] = node.arguments;
            if (text && isMade(getTypeAtLocation(text))) context.report({ node: text, messageId: 'made' });
          },
        };
      },
    },
    'tables-at-home': {
      meta: {
        type: 'problem',
        schema: [],
        messages: { named: 'Only a *.data.ts names a table or writes SQL.' },
      },
      create(context) {
        const report = (node) => context.report({ node, messageId: 'named' });
        return {
          'CallExpression[callee.name=/^(db|trx|knex)$/]': report,
          'CallExpression[callee.object.name=/^(db|trx|knex)$/][callee.property.name=/^(from|into|table|select|raw)$/]':
            report,
          'CallExpression[callee.name="prepared"]': report,
        };
      },
    },
  },
};

/** Whether the text is only known when the program runs. Numbers in it are let pass. */
function isMade(type) {
  if (type.isUnion()) return type.types.some(isMade);
  if (type.flags & ts.TypeFlags.TemplateLiteral) return type.types.some(isMade);
  return (type.flags & (ts.TypeFlags.String | ts.TypeFlags.Any | ts.TypeFlags.StringMapping)) !== 0;
}

const packedObject = {
  selector: 'ObjectExpression > SpreadElement[argument.type="ObjectExpression"]',
  message: 'Write the properties themselves.',
};
const ownRoute = {
  selector:
    'CallExpression[callee.object.name=/^(router|app|server)$/][callee.property.name=/^(get|post|put|patch|delete|all|use|route)$/]',
  message: 'Routes are declared through section().',
};

export default tseslint.config(
  { ignores: ['dist/', '.data/', 'coverage/'] },
  {
    linterOptions: { noInlineConfig: true },
    rules: {
      eqeqeq: 'error',
      'no-empty': 'error',
      'no-useless-escape': 'error',
      'no-self-assign': 'error',
      'no-unreachable': 'error',
      'max-lines': ['error', { max: 300 }],
      'no-restricted-syntax': ['error', packedObject],
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    // The tests' program holds every file there is: one program is checked instead of two.
    languageOptions: {
      parserOptions: { project: 'test/tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    plugins: { house },
    rules: {
      'house/static-sql': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // What was caught may be passed on as it came.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      // Parts are objects of closures: handlers take out of them what they need.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['src/**/*.ts', 'seeds/**/*.ts', 'migrations/**/*.ts', 'knexfile.ts'],
    ignores: ['src/config.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only src/config.ts reads the environment.' },
      ],
    },
  },
  {
    // Views become functions here, once, when the application starts.
    files: ['src/lib/templates.ts'],
    rules: { '@typescript-eslint/no-implied-eval': 'off' },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/web/**', 'src/app.ts', 'src/commands/bench/**'],
    rules: { 'no-restricted-syntax': ['error', packedObject, ownRoute] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/**/*.data.ts', 'src/db/**', 'src/jobs/runner.ts'],
    rules: { 'house/tables-at-home': 'error' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 500 }],
      'house/static-sql': 'off',
      // What comes back over HTTP is looked at as it is.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['public/js/*.js'],
    extends: [compat.configs['flat/recommended']],
    languageOptions: {
      ecmaVersion: 5,
      sourceType: 'script',
      globals: { window: false, document: false, XMLHttpRequest: false, FormData: false, DOMParser: false },
    },
    // Asked before it is used.
    settings: { polyfills: ['isSecureContext'] },
    rules: {
      'no-undef': 'error',
      // In ES5 what is caught has a name, used or not.
      'no-unused-vars': ['error', { caughtErrors: 'none' }],
      'no-redeclare': 'error',
      'no-console': 'error',
    },
  },
);

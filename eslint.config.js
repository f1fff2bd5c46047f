import jsdoc from 'eslint-plugin-jsdoc'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

const pureCore = 'core is pure: time comes in as `now`, effects go out as data (docs/architecture.md)'

export default defineConfig(
  globalIgnores(['node_modules', 'dist', '**/*.gen.ts', '*.config.js', '.dependency-cruiser.cjs']),
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['test', 'suite', 'it', 'describe'], package: 'node:test' },
          ],
        },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'max-lines': ['error', { max: 250, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 60 }],
      'max-params': ['error', 3],
      'no-nested-ternary': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
    },
  },
  {
    files: ['src/core/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'setInterval', 'fetch', 'process', 'console'].map((name) => ({
          name,
          message: pureCore,
        })),
      ],
      'no-restricted-syntax': [
        'error',
        { selector: ':function[async=true]', message: pureCore },
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: pureCore },
        { selector: 'MemberExpression[object.name="Date"][property.name="now"]', message: pureCore },
        { selector: 'MemberExpression[object.name="Math"][property.name="random"]', message: pureCore },
      ],
    },
  },
  {
    files: ['src/{sealing,telemetry}/**'],
    plugins: { jsdoc },
    rules: {
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: { esm: true, cjs: false, window: false },
          require: { ArrowFunctionExpression: true, ClassDeclaration: true, MethodDefinition: false },
          contexts: [
            'ExportNamedDeclaration > VariableDeclaration',
            'TSInterfaceDeclaration',
            'TSTypeAliasDeclaration',
          ],
          enableFixer: false,
        },
      ],
    },
  },
  {
    files: ['test/**', 'hack/**'],
    rules: { 'max-lines-per-function': 'off' },
  },
)

import jsdoc from 'eslint-plugin-jsdoc'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

const pureCore = 'core is pure: time comes in as `now`, effects go out as data (docs/architecture.md)'

/**
 * One style of import: types by an `import type`, values by another import, like `import/consistent-type-specifier-style` with its
 * default `prefer-top-level`. `eslint --fix` splits what is mixed.
 */
const typesApart = {
  meta: {
    type: 'suggestion',
    fixable: 'code',
    messages: { mixed: 'Import types by an `import type` of their own.' },
  },
  create: (context) => ({
    ImportDeclaration(node) {
      const types = node.specifiers.filter(({ importKind }) => importKind === 'type')
      if (node.importKind === 'type' || types.length === 0) return
      const textOf = (specifier) => context.sourceCode.getText(specifier).replace(/^type\s+/, '')
      const named = node.specifiers.filter((one) => one.type === 'ImportSpecifier' && !types.includes(one))
      const values = node.specifiers.filter(({ type }) => type !== 'ImportSpecifier').map(textOf)
      if (named.length > 0) values.push(`{ ${named.map(textOf).join(', ')} }`)
      const from = context.sourceCode.getText(node.source)
      const imports = [
        ...(values.length > 0 ? [`import ${values.join(', ')} from ${from}`] : []),
        `import type { ${types.map(textOf).join(', ')} } from ${from}`,
      ]
      context.report({
        node,
        messageId: 'mixed',
        fix: (fixer) => fixer.replaceText(node, imports.join('\n')),
      })
    },
  }),
}

export default defineConfig(
  globalIgnores(['node_modules', 'dist', '**/*.gen.ts', '*.config.js', '.dependency-cruiser.cjs']),
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { countersign: { rules: { 'consistent-type-specifier-style': typesApart } } },
    rules: {
      'countersign/consistent-type-specifier-style': 'error',
      'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
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
      // Marked as deprecated only to stand out; used for loopback alone.
      '@typescript-eslint/no-deprecated': [
        'error',
        { allow: [{ from: 'package', name: 'allowInsecureRequests', package: 'openid-client' }] },
      ],
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
    files: ['src/**'],
    plugins: { jsdoc },
    rules: {
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: { esm: true, cjs: false, window: false },
          require: { ClassDeclaration: true, MethodDefinition: false },
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
    files: ['test/**', 'tools/**'],
    rules: { 'max-lines-per-function': 'off' },
  },
)

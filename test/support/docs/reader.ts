/** Somebody who follows pages at one shell: what a command sets is there for the next one, and what it prints is what the page shows. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { blocksOf, isLike } from './markdown-commands.ts'
import type { Command } from './markdown-commands.ts'
import { startProgram } from '../clusters/program.ts'

export type Reader = {
  /** Every command under these headings of the page, in the page's order. */
  follow(page: Page, ...headings: readonly string[]): Promise<void>
  /** What a variable of the shell holds. */
  variable(name: string): Promise<string>
}

export type Page = { readonly name: string; readonly markdown: string }

const root = new URL('../../../', import.meta.url)

/** @param name its path in the repository */
export function pageAt(name: string): Page {
  return { name, markdown: readFileSync(new URL(name, root), 'utf8') }
}

export type ReaderOptions = {
  /** Where the commands run; what the shell holds is kept beside it. */
  readonly clone: string
  readonly env: Readonly<Record<string, string>>
  /** Directories with programs, besides those of kubectl and Helm. */
  readonly programs: readonly string[]
  /** What stands on the pages for everybody, and what the reader has instead: addresses. */
  readonly replaced: readonly (readonly [shown: string, own: string])[]
}

export function aReader({ clone, env, programs, replaced }: ReaderOptions): Reader {
  const state = join(clone, '..', 'shell')
  writeFileSync(state, `export PATH="${programs.join(delimiter)}:$PATH"\n`)
  const own = (text: string): string =>
    replaced.reduce((result, [shown, mine]) => result.replaceAll(shown, mine), text)

  async function inShell(
    line: string,
  ): Promise<{ readonly exitCode: number | null; readonly output: string }> {
    const script = [
      `. ${state}; set -a -o pipefail; exec 2>&1`,
      line,
      `code=$?; export -p > ${state}.new && mv ${state}.new ${state}; exit $code`,
    ]
    return startProgram({ program: 'bash', args: ['-c', script.join('\n')], cwd: clone, env }).ended
  }

  async function run(page: Page, { line, output, lineNumber }: Command): Promise<void> {
    const where = `${page.name}:${lineNumber}: ${own(line)}`
    const { exitCode, output: printed } = await inShell(own(line))
    assert.equal(exitCode, 0, `${where}\n${printed}`)
    const said = printed.trimEnd()
    const lines = said === '' ? [] : said.split('\n').filter((each) => !isOfWatch(each))
    assert.ok(isLike(lines, output.map(own)), `${where} prints\n${printed}\nand not\n${output.join('\n')}`)
  }

  return {
    follow: async (page, ...headings) => {
      const blocks = blocksOf(page.markdown).filter(({ heading }) => headings.includes(heading))
      for (const heading of headings)
        assert.ok(
          blocks.some((block) => block.heading === heading),
          `${page.name} has no commands under "${heading}"`,
        )
      for (const block of blocks) {
        if (block.kind !== 'Commands') continue
        for (const command of block.commands) await run(page, command)
      }
    },
    variable: async (name) => {
      const args = ['-c', `. ${state}; printf %s "$${name}"`]
      return (await startProgram({ program: 'bash', args, cwd: clone, env }).ended).output
    },
  }
}

/** `kubectl wait` of 1.36 may log that it has ended its own watch, beside what it has to say. */
function isOfWatch(line: string): boolean {
  return /^[IW]\d{4} [\d:.]+ +\d+ reflector\.go:\d+\] .*watch ended with error/.test(line)
}

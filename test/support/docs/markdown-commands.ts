/**
 * The code blocks of a Markdown page as a reader would use them: `yaml` blocks that begin with `# <file>` are files, `console`
 * blocks are commands behind `$ ` with what they print, and others are parts of something. A block after a line
 * `_Not run by a test: …_` is shown only.
 */

export type Command = {
  readonly line: string
  readonly output: readonly string[]
  readonly lineNumber: number
}

export type Block =
  | { readonly kind: 'File'; readonly name: string; readonly text: string; readonly heading: string }
  | { readonly kind: 'Commands'; readonly commands: readonly Command[]; readonly heading: string }
  | { readonly kind: 'NotRun'; readonly reason: string; readonly heading: string }
  /** Of YAML, JSON or HTTP, and no file of its own. */
  | { readonly kind: 'Part'; readonly heading: string }

/** A fenced block, without the indentation of the list that it stands in. */
export type Fence = {
  readonly language: string
  readonly body: readonly string[]
  /** What it stands under. */
  readonly heading: string
  /** Why it is not run, if the page says so. */
  readonly reason: string | undefined
  /** Of the first line of the body. */
  readonly lineNumber: number
}

const notRun = /^ *_Not run by a test: (?<reason>.+)\._$/

/** Without drawings, which have no language. */
export function fencesOf(markdown: string): readonly Fence[] {
  const fences: Fence[] = []
  let heading = ''
  let reason: string | undefined
  const lines = markdown.split('\n')
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const [, indentation, language] = /^( *)```(\w*)$/.exec(line) ?? []
    heading = /^#+ (.*)/.exec(line)?.[1] ?? heading
    reason =
      notRun.exec(line)?.groups?.reason ?? (line.trim() === '' || language !== undefined ? reason : undefined)
    if (language === undefined || indentation === undefined) continue
    const end = lines.indexOf(`${indentation}\`\`\``, at + 1)
    const body = lines.slice(at + 1, end).map((inner) => inner.slice(indentation.length))
    if (language !== '') fences.push({ language, body, heading, reason, lineNumber: at + 2 })
    reason = undefined
    at = end
  }
  return fences
}

/** @throws for a block of another language, or of a console without a command */
export function blocksOf(markdown: string): readonly Block[] {
  return fencesOf(markdown).map(blockOf)
}

function blockOf({ language, body, heading, reason, lineNumber }: Fence): Block {
  if (reason !== undefined) return { kind: 'NotRun', reason, heading }
  const [first = ''] = body
  const name = /^# (?<name>\S+\.yaml)$/.exec(first)?.groups?.name
  if (language === 'yaml' && name !== undefined)
    return { kind: 'File', name, text: `${body.join('\n')}\n`, heading }
  if (language === 'console' && first.startsWith('$ '))
    return { kind: 'Commands', commands: commandsIn(body, lineNumber), heading }
  if (['yaml', 'json', 'http'].includes(language)) return { kind: 'Part', heading }
  throw new Error(
    `line ${lineNumber}: a block of ${language} must begin with "$ ", or say before it why it is not run`,
  )
}

function commandsIn(body: readonly string[], lineNumber: number): readonly Command[] {
  const starts = body.flatMap((line, index) => (line.startsWith('$ ') ? [index] : []))
  return starts.map((start, index) => {
    const lines = body.slice(start, starts[index + 1])
    const end = lines.findIndex((_, at) => isWhole(lines.slice(0, at + 1).join('\n')))
    return {
      line: lines
        .slice(0, end + 1)
        .join('\n')
        .slice(2),
      output: lines.slice(end + 1),
      lineNumber: lineNumber + start,
    }
  })
}

/** Whether nothing of it is still open: a quote, a here-document, a pipe, or a line that goes on in the next one. */
function isWhole(command: string): boolean {
  const lines = command.split('\n')
  const delimiter = /<<'(?<word>\w+)'/.exec(command)?.groups?.word
  if (delimiter !== undefined) return lines.includes(delimiter)
  return !/[\\|]$/.test(command) && (command.match(/'/g) ?? []).length % 2 === 0
}

/** Commands of kubectl that stand in sentences and tables, each once. */
export function inlineCommandsOf(markdown: string): readonly string[] {
  return [...new Set([...markdown.matchAll(/`(kubectl [^`]+)`/g)].map(([, command = '']) => command))]
}

/** What differs from run to run is made alike: moments, ages, ports, codes, ids, digests, generated names, numbers, widths. */
export function shapeOf(line: string): string {
  return (
    line
      .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uid>')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<moment>')
      .replaceAll(/\b\d\d:\d\d\b/g, '<time>')
      .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uuid>')
      .replaceAll(/\b[0-9A-Z]{3}-[0-9A-Z]{3}\b/g, '<code>')
      // The API server's alphabet for generateName.
      .replaceAll(/-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-<generated>')
      .replaceAll(/\/tmp\/\S+?(?=\/control-plane)/g, '<directory>')
      .replaceAll(/\b(?:[0-9a-f]{64}|[0-9a-f]{16})\b/g, '<digest>')
      .replaceAll(/\b\d+(?:\.\d+)*(?:ms|[smhd])?\b/g, '<number>')
      .replaceAll(/\b(?:created|configured|unchanged|serverside-applied)$/g, '<applied>')
      .replaceAll(/\s+/g, ' ')
      .trim()
  )
}

/** A line `…` stands for any number of lines. */
export function isLike(printed: readonly string[], shown: readonly string[]): boolean {
  const [first, ...others] = shown
  if (first === undefined) return printed.length === 0
  if (first.trim() === '…')
    return printed.some((_, index) => isLike(printed.slice(index), others)) || isLike([], others)
  const [line, ...rest] = printed
  return line !== undefined && shapeOf(line) === shapeOf(first) && isLike(rest, others)
}

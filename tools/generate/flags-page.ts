/** `docs/flags.md`, made of what each program says of itself. */
import { execFileSync } from 'node:child_process'

const programs = ['controller', 'inbox', 'identity-provider'] as const

const top = `<!-- Generated from src/programs by \`make generate\`. Do not edit. -->

# Flags

The chart sets most of them from its [values](values.md); \`extraArgs\` adds others, and the last one of a name counts.
`

/** The text of the page. */
export function flagsPage(): string {
  const sections = programs.map((program) => {
    const help = execFileSync(process.execPath, [`src/programs/${program}/main.ts`, '--help'], {
      encoding: 'utf8',
      env: { ...process.env, KUBECONFIG: undefined },
    })
    return `## ${program}\n\n\`\`\`text\n${help.trim()}\n\`\`\`\n`
  })
  return [top, ...sections].join('\n')
}

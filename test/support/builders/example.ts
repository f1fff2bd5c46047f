/** The founding example under other names. */
import { parse } from 'yaml'
import { exampleManifest } from '../../../tools/local/agent.ts'
import type { ApprovalRequest } from '../../../src/api/objects.ts'

/** @returns the manifest; its target has the name too, so that no limit takes it for the same question */
export function exampleNamed(name: string): string {
  const example = parse(exampleManifest()) as ApprovalRequest
  const target = { ...example.spec.target, name }
  return JSON.stringify({
    ...example,
    metadata: { ...example.metadata, name },
    spec: { ...example.spec, target },
  })
}

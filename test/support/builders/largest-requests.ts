/** The largest ApprovalRequests that the API server takes, as somebody sends them who means harm. */
import type { ApprovalRequest } from '../../../src/api/objects.ts'
import { anApprovalRequest } from './builders.ts'

/** With an annotation of 250 KB; 256 KiB is what Kubernetes allows. */
export function anAnnotatedRequest(namespace: string, index: number): ApprovalRequest {
  const { apiVersion, kind, spec } = anApprovalRequest()
  const annotations = { note: 'x'.repeat(250_000) }
  return { apiVersion, kind, spec, metadata: { namespace, name: `annotated-${index}`, annotations } }
}

/** With 37 KB of words: as many letters as the definition allows, each of four bytes. */
export function aWordyRequest(namespace: string, index: number): ApprovalRequest {
  const { apiVersion, kind, spec } = anApprovalRequest()
  return { apiVersion, kind, metadata: { namespace, name: `wordy-${index}` }, spec: { ...spec, ...wordiest } }
}

const sixteen = Array.from({ length: 16 }, (_, index) => index)

const wordiest: Partial<ApprovalRequest['spec']> = {
  reason: '🙂'.repeat(2048),
  evidence: sixteen.map((index) => ({
    name: `${'🙂'.repeat(60)}${index}`,
    value: '🙂'.repeat(128),
    url: `https://evidence.company.com/${'x'.repeat(90)}`,
  })),
  parameters: Object.fromEntries(sixteen.map((index) => [`${'p'.repeat(60)}${index}`, '🙂'.repeat(200)])),
}

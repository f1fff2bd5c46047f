/**
 * `countersign/api`: what agents, resource servers, and tools beside the operator need: the types of the objects, names, reasons, and
 * the digest that an approval is bound to.
 */
export { codeOf, digestOf } from './digest.ts'
export { groupReasons } from './group-reasons.ts'
export * from './names.ts'
export type * from './objects.ts'
export { policyReasons } from './policy-reasons.ts'
export { providerReasons } from './provider-reasons.ts'
export { reasons } from './reasons.ts'
export { specFields } from './signed-fields.ts'

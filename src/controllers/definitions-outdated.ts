/** Status could not be written, since the cluster's CustomResourceDefinition is older than this program. */
export class DefinitionsOutdatedError extends Error {
  readonly code = 'ERR_DEFINITIONS_OUTDATED'

  constructor({ message }: { readonly message: string }) {
    super(`update the CustomResourceDefinitions: the API server does not take ${message}`)
  }
}

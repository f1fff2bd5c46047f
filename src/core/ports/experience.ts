/** What using a provider has shown: told by whoever asks there, heard by whoever says how the provider is. */

/**
 * `Usable`: provider and credential are there. `Unusable`: one of them is not, or no answer came. `Accepted`: the provider let
 * the client in. `Refused`: it did not, with this OAuth error.
 */
export type Experience =
  | { readonly kind: 'Usable' }
  | { readonly kind: 'Unusable' }
  | { readonly kind: 'Accepted' }
  | {
      readonly kind: 'Refused'
      readonly error: string
      /** What the provider says of it, fit to be quoted. */
      readonly description?: string | undefined
      /** Of the Secret whose credential was refused. */
      readonly secretResourceVersion: string
    }

/** Must not throw, and costs nothing to speak of: it is called at every token request. */
export type TellExperience = (provider: string, clientID: string, experience: Experience) => void

/** The parameters of a request: what stays as it is, and fields for what the approver may change. */
import { html, raw } from 'hono/html'
import type { Adjustable } from '../../api/objects.ts'
import { fieldNameOf } from '../answer/entered.ts'
import type { Entered } from '../answer/entered.ts'
import { sanitized } from './sanitized.ts'
import type { Html } from './pages.ts'

/** The parameters as they were asked, their bounds, and what was entered on the form before. */
export type ShownParameters = {
  readonly asked: Readonly<Record<string, string>>
  readonly adjustable: readonly Adjustable[]
  readonly entered: Entered | undefined
  /** Whether nothing may be changed because several people must approve. */
  readonly isFixed: boolean
}

/**
 * Fields for what may be changed, plain text for the rest; the first field with an error has the focus.
 * @returns undefined without parameters
 */
export function parametersSection({
  asked,
  adjustable,
  entered,
  isFixed,
}: ShownParameters): Html | undefined {
  const parameters = Object.entries(asked)
  if (parameters.length === 0) return undefined
  const firstError = adjustable.find(({ name }) => entered?.errors[name] !== undefined)
  const rows = parameters.map(([name, value]) => {
    const bounds = adjustable.find((each) => each.name === name)
    if (bounds === undefined) return fixed(name, value)
    return field(bounds, {
      asked: value,
      value: entered?.values[name] ?? value,
      error: entered?.errors[name],
      isFocused: bounds === firstError,
    })
  })
  return html`<section>
    <h2>Parameters</h2>
    ${adjustable.length > 0 && changeable} ${isFixed && unchangeable}
    <dl class="exact">${rows}</dl>
  </section>`
}

const changeable = html`<p class="hint">
  You may approve with other values in the fields. You see the difference before it counts.
</p>`

const unchangeable = html`<p class="hint">
  More than one person must approve, so nobody can approve with other values.
</p>`

function fixed(name: string, value: string): Html {
  return html`<dt><bdi>${sanitized(name)}</bdi></dt>
    <dd><bdi>${sanitized(value)}</bdi></dd>`
}

type Field = {
  readonly asked: string
  readonly value: string
  readonly error: string | undefined
  readonly isFocused: boolean
}

function field(bounds: Adjustable, { asked, value, error, isFocused }: Field): Html {
  const id = fieldNameOf(bounds.name)
  const said = error === undefined ? 'aria-describedby' : 'aria-invalid="true" aria-describedby'
  const attributes = html`id="${id}" name="${id}" ${raw(said)}="${error && `${id}-error `}${id}-hint"
  ${isFocused && raw('autofocus')}`
  return html`<dt><label for="${id}">${sanitized(bounds.name)}</label></dt>
    <dd>
      ${control(bounds, attributes, value)}
      ${error && html`<span class="error" id="${id}-error">${sanitized(error)}</span>`}
      <span class="hint" id="${id}-hint">Asked: <bdi>${sanitized(asked)}</bdi>.${range(bounds)}</span>
    </dd>`
}

/** What browsers check of it saves a round trip, and is checked again in any case. */
function control(
  { type, minimum = '', maximum = '', values = [] }: Adjustable,
  attributes: Html,
  value: string,
): Html {
  switch (type) {
    case 'Enum':
      return html`<select ${attributes}>
        ${values.map(
          (each) =>
            html`<option value="${each}" ${each === value && raw('selected')}>${sanitized(each)}</option>`,
        )}
      </select>`
    case 'Integer':
      return html`<input
        type="number"
        ${attributes}
        value="${value}"
        min="${minimum}"
        max="${maximum}"
        step="1"
        ${!minimum.startsWith('-') && raw('inputmode="numeric"')}
        required
        autocomplete="off"
      />`
    case 'Duration':
      return html`<input
        type="text"
        ${attributes}
        value="${value}"
        pattern="${durationPattern}"
        title="a duration such as 90s, 15m or 1h30m"
        required
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
      />`
  }
}

const durationPattern = String.raw`\s*(?=\d)(\d{1,5}h)?(\d{1,5}m)?(\d{1,5}s)?\s*`

function range({ type, minimum = '', maximum = '' }: Adjustable): string {
  switch (type) {
    case 'Enum':
      return ''
    case 'Integer':
      return ` From ${minimum} to ${maximum}.`
    case 'Duration':
      return ` From ${minimum} to ${maximum}, in h, m and s.`
  }
}

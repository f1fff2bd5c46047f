/**
 * The inbox's only script, in the page itself and admitted by its hash. Without it the page says how much time was left when
 * it was loaded, which stays right; with it the time runs. It counts from what the server said, since the browser's clock
 * may be wrong.
 */
import { createHash } from 'node:crypto'

/**
 * The text of the script element. It finds its elements by `data-seconds-left`, and loads the page again when no time is left.
 */
export const countdown = `
for (const element of document.querySelectorAll('[data-seconds-left]')) {
  const begin = Date.now()
  const tick = () => {
    const left = Number(element.dataset.secondsLeft) - Math.floor((Date.now() - begin) / 1000)
    if (left < 0) return location.reload()
    const parts = [[Math.floor(left / 3600), 'h'], [Math.floor(left % 3600 / 60), 'min'], [left % 60, 's']]
    while (parts.length > 1 && parts[0][0] === 0) parts.shift()
    element.textContent = parts.map((part) => part.join(' ')).join(' ') + ' left'
    setTimeout(tick, 1000)
  }
  tick()
}
`

/** As a source of Content-Security-Policy's `script-src`. */
export const countdownHash = `sha256-${createHash('sha256').update(countdown).digest('base64')}`

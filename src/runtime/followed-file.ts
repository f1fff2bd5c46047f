/** A file that changes under a running process: Kubernetes swaps a symbolic link, an administrator writes a new one. */
import { readFileSync } from 'node:fs'

export type FollowedFile<T> = {
  /** What was usable last. */
  readonly current: () => T
  readonly stop: () => void
}

export type Following<T> = {
  /** @throws for a text that cannot be used; the error's message must not repeat a secret */
  readonly parse: (text: string) => T
  /** Told just before `current` changes. What it throws rejects the text. */
  readonly onChange?: (value: T) => void
  /** Told once of each text, and of each reason for which the file cannot be read. What was usable last stays. */
  readonly onRejected: (error: unknown) => void
}

const lookEveryMs = 2000

/** @throws what reading or `parse` throws, if there is nothing usable to begin with */
export function followFile<T>(file: string, { parse, onChange, onRejected }: Following<T>): FollowedFile<T> {
  let text = readFileSync(file, 'utf8')
  let value = parse(text)
  let rejected: string | undefined
  const look = (): void => {
    let found: string | undefined
    try {
      found = readFileSync(file, 'utf8')
      if (found !== text) {
        const next = parse(found)
        onChange?.(next)
        value = next
        text = found
      }
      rejected = undefined
    } catch (error) {
      const reason = found ?? String(error)
      if (reason === rejected) return
      rejected = reason
      onRejected(error)
    }
  }
  // Not `watchFile`: what is written before its first look goes unnoticed.
  let timer: NodeJS.Timeout
  const lookLater = (): void => {
    timer = setTimeout(() => {
      look()
      lookLater()
    }, lookEveryMs).unref()
  }
  lookLater()
  return {
    current: () => value,
    stop: () => {
      clearTimeout(timer)
    },
  }
}

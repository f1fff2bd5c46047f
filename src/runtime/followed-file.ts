/** Files that change under a running process: Kubernetes swaps a symbolic link, an administrator writes a new one. */
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'

/** A file that is read again every two seconds, as its last usable value. */
export type FollowedFile<T> = {
  /** What was usable last. */
  readonly current: () => T
  readonly stop: () => void
}

/** How the text becomes a value, and who is notified when it changes or cannot be used. */
export type Following<T, Texts> = {
  /** @throws for what cannot be used; the error's message must not repeat a secret */
  readonly parse: (texts: Texts) => T
  /** Called just before `current` changes. What it throws rejects the text. */
  readonly onChange?: (value: T) => void
  /** Called once for each text, and for each reason for which the file cannot be read. What was usable last stays. */
  readonly onRejected: (error: unknown) => void
}

const lookEveryMs = 2000

/**
 * Follows one file.
 * @throws what reading or `parse` throws, if there is nothing usable to begin with
 */
export function followFile<T>(file: string, { parse, ...following }: Following<T, string>): FollowedFile<T> {
  return followFiles([file], { ...following, parse: ([text = '']) => parse(text) })
}

/**
 * Follows files that belong together, such as a certificate and its key: what is written to one of them may be usable only
 * once the others are written as well.
 * @throws what reading or `parse` throws, if there is nothing usable to begin with
 */
export function followFiles<T>(
  files: readonly string[],
  { parse, onChange, onRejected }: Following<T, readonly string[]>,
): FollowedFile<T> {
  const read = (): readonly string[] => files.map((file) => readFileSync(file, 'utf8'))
  let texts = read()
  let value = parse(texts)
  let rejected: string | undefined
  const look = (): void => {
    let found: readonly string[] | undefined
    try {
      found = read()
      if (!isDeepStrictEqual(found, texts)) {
        const next = parse(found)
        onChange?.(next)
        value = next
        texts = found
      }
      rejected = undefined
    } catch (error) {
      const reason = JSON.stringify(found ?? String(error))
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

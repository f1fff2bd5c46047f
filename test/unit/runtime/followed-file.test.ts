/** A file that is written anew under a running process. */
import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { followFile } from '../../../src/runtime/followed-file.ts'
import type { FollowedFile } from '../../../src/runtime/followed-file.ts'

type Followed = {
  readonly file: string
  readonly followed: FollowedFile<string>
  readonly changes: readonly string[]
  readonly rejected: readonly string[]
  /** Does it, and lets the time pass until the file is looked at. */
  readonly noticed: (change: () => void) => void
}

function follow(t: TestContext, begin: (file: string) => void = first): Followed {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const directory = mkdtempSync(join(tmpdir(), 'countersign-followed-'))
  const file = join(directory, 'value')
  begin(file)
  const changes: string[] = []
  const rejected: string[] = []
  const followed = followFile(file, {
    parse: (text) => {
      if (!text.startsWith('value')) throw new TypeError(`no value in ${text.length} characters`)
      return text
    },
    onChange: (value) => changes.push(value),
    onRejected: (error) => rejected.push(String(error)),
  })
  t.after(() => {
    followed.stop()
    rmSync(directory, { recursive: true })
  })
  const noticed = (change: () => void): void => {
    change()
    t.mock.timers.tick(2000)
  }
  return { file, followed, changes, rejected, noticed }
}

function first(file: string): void {
  writeFileSync(file, 'value 1')
}

test('what is there at the beginning counts, and what is written later', (t) => {
  const { file, followed, changes, noticed } = follow(t)
  assert.equal(followed.current(), 'value 1')
  noticed(() => {
    writeFileSync(file, 'value two')
  })
  assert.deepEqual([followed.current(), changes], ['value two', ['value two']])
})

test('a link that Kubernetes swaps is followed', (t) => {
  const { file, followed, noticed } = follow(t, (link) => {
    writeFileSync(`${link}-1`, 'value 1')
    symlinkSync(`${link}-1`, link)
  })
  writeFileSync(`${file}-2`, 'value 2')
  noticed(() => {
    symlinkSync(`${file}-2`, `${file}-new`)
    renameSync(`${file}-new`, file)
  })
  assert.equal(followed.current(), 'value 2')
})

test('what cannot be used leaves what was there, and is reported once', (t) => {
  const { file, followed, changes, rejected, noticed } = follow(t)
  noticed(() => {
    writeFileSync(file, 'broken')
  })
  noticed(() => {
    unlinkSync(file)
    writeFileSync(file, 'broken')
  })
  assert.deepEqual([followed.current(), changes], ['value 1', []])
  assert.deepEqual(rejected, ['TypeError: no value in 6 characters'])
  noticed(() => {
    writeFileSync(file, 'broken again')
  })
  assert.equal(rejected.length, 2)
  noticed(() => {
    writeFileSync(file, 'value 3')
  })
  assert.deepEqual([followed.current(), changes], ['value 3', ['value 3']])
})

test('a file that is away leaves what was there', (t) => {
  const { file, followed, rejected, noticed } = follow(t)
  noticed(() => {
    unlinkSync(file)
  })
  assert.equal(followed.current(), 'value 1')
  assert.match(rejected.join('\n'), /^Error: ENOENT[^\n]*$/)
})

test('a change that its user cannot take leaves what was there', (t) => {
  const { file, noticed } = follow(t)
  const rejected: unknown[] = []
  const picky = followFile(file, {
    parse: (text) => text,
    onChange: () => {
      throw new TypeError('not this one')
    },
    onRejected: (error) => rejected.push(error),
  })
  t.after(() => {
    picky.stop()
  })
  noticed(() => {
    writeFileSync(file, 'value 2')
  })
  assert.deepEqual([picky.current(), rejected.map(String)], ['value 1', ['TypeError: not this one']])
})

test('there must be something to begin with', () => {
  const following = { parse: (text: string) => text, onRejected: () => undefined }
  assert.throws(() => followFile('/nonexistent/value', following), { code: 'ENOENT' })
})

import type { Log } from '../../../src/core/ports/surroundings.ts'

const silent = (): undefined => undefined

export const silentLog: Log = { debug: silent, info: silent, warn: silent, error: silent }

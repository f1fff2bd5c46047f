/** JSON lines on stdout, by pino. */
import { pino, stdTimeFunctions } from 'pino'
import type { Log } from '../core/ports/surroundings.ts'

/** @param name the process: `controller`, `inbox` */
export function createLog(name: string, level: string): Log {
  const logger = pino({
    name,
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    // The fields are chosen where a line is written; this is the second line of defence.
    redact: [
      '*.token',
      '*.access_token',
      '*.auth_req_id',
      '*.client_secret',
      '*.password',
      'headers.authorization',
    ],
  })
  return {
    debug: (message, fields = {}) => {
      logger.debug(fields, message)
    },
    info: (message, fields = {}) => {
      logger.info(fields, message)
    },
    warn: (message, fields = {}) => {
      logger.warn(fields, message)
    },
    error: (message, fields = {}) => {
      logger.error(fields, message)
    },
  }
}

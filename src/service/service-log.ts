import { destination, pino, type Logger as Pino } from 'pino'
import type { LogLevel } from './service-options.js'

/** The part of pino's shape that a service uses. */
export interface ServiceLogger {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
  /** Told of another `logLevel` when the configuration is read again. */
  setLevel?(level: LogLevel): void
}

/** Lines that wait for a slow reader; more are dropped. */
const MOST_WAITING = 8 * 2 ** 20

/** Lines of JSON on stderr. What waits when the process ends is written then. */
export function createLog(level: LogLevel): ServiceLogger {
  const stderr = destination({ dest: 2, sync: false, maxLength: MOST_WAITING })
  // nobody reads it any more: no reason to stop
  stderr.on('error', () => {})
  const log: Pino = pino({ name: 'strata', level, base: { pid: process.pid } }, stderr)
  const at =
    (name: 'debug' | 'info' | 'warn' | 'error') =>
    (details: object, message: string): void =>
      log[name](details, message)
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    setLevel(wanted) {
      log.level = wanted
    },
  }
}

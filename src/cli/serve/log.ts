/** The log of requests: JSON lines on standard error. Neither headers nor bodies nor queries are in it, so no secret is. */
import pino from 'pino'

export interface ServeLog {
  readonly info: (about: object, message: string) => void
  readonly warn: (about: object, message: string) => void
  readonly error: (about: object, message: string) => void
}

/** A log that nobody reads, or whose disk is full, is no reason to stop serving. */
export function serveLog(desk: string): ServeLog {
  const destination = pino.destination({ dest: 2, sync: true })
  destination.on('error', () => undefined)
  return pino({ base: { service: 'desk', desk }, timestamp: pino.stdTimeFunctions.isoTime }, destination)
}

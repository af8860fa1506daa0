import type { Duration } from '../entry/duration.js'
import type { ByteSize } from '../entry/option.js'

/** How an origin is asked. */
export interface OriginOptions {
  /** The origin gets the Host that the client sent; false: its own name. Default true. */
  readonly preserveHost?: boolean | undefined
  /**
   * Whose `Forwarded`, `X-Forwarded-*` and `X-Real-IP` are believed and added to: of nobody (false: they are replaced), of
   * every client (true), or of these addresses and subnets, `10.0.0.0/8`. Default false.
   */
  readonly trust?: boolean | readonly string[] | undefined
  /** What this proxy calls itself in `Via`; no two that may stand behind one another have the same. Default: of its own making. */
  readonly name?: string | undefined
  /** Open at once. Default 256, 1 .. 65,535. */
  readonly connections?: number | undefined
  /** Requests that wait for one of them; more: 503. Default 1,024, 1 .. 1,000,000. */
  readonly waiting?: number | undefined
  /** All field lines of an answer; more: 502. Default 16kb, 1kb .. 1mb. */
  readonly headerBytes?: ByteSize | undefined
  readonly timeouts?: OriginTimeouts | undefined
  /** Of an https origin. */
  readonly tls?: OriginTls | undefined
}

export interface OriginTimeouts {
  /** Until a request has a connection, a new one or one that became free; longer: 504. Default 10s, 10ms .. 10m. */
  readonly connect?: Duration | undefined
  /** From the end of a request to the head of its answer; longer: 504. Default 30s, 10ms .. 1d. */
  readonly headers?: Duration | undefined
  /** Between two pieces of an answer's body; longer: it breaks off. Default 30s, 10ms .. 1d. */
  readonly body?: Duration | undefined
  /** A connection without a request is kept, unless the origin says less. Default 4s, 1ms .. 10m. */
  readonly idle?: Duration | undefined
}

/** As in node:tls. */
export interface OriginTls {
  readonly ca?: string | Buffer | readonly (string | Buffer)[] | undefined
  readonly cert?: string | Buffer | undefined
  readonly key?: string | Buffer | undefined
  readonly passphrase?: string | undefined
  /** The name that is asked for and that the certificate must have. Default: the host of the URL. */
  readonly servername?: string | undefined
  /** False: any certificate will do. Default true. */
  readonly rejectUnauthorized?: boolean | undefined
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined
}

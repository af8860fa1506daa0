import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { InvalidOptionError } from '../errors.js'
import { listenToLoads, type LoadEnd } from './loads.js'
import { assertKnown, peer } from './options.js'

/** What is asked of a tracer. A `Tracer` of @opentelemetry/api is one. */
export interface OtelTracer {
  startSpan(name: string, options: { readonly attributes: Record<string, string> }): OtelSpan
}

/** What is asked of a span. A `Span` of @opentelemetry/api is one. */
export interface OtelSpan {
  setAttribute(name: string, value: string): unknown
  setStatus(status: { code: number }): unknown
  recordException(error: Error): void
  end(): void
}

export interface OtelSpanOptions {
  /** Default: `strata-cache` of the global tracer provider. */
  readonly tracer?: OtelTracer
  /**
   * The attribute `strata.key`. Default `'omit'`, since keys may hold personal data. `'hash'`: 16 hexadecimal digits of its
   * SHA-256, which tell keys apart and hide none that can be guessed. `'plain'`: the key.
   */
  readonly keys?: 'omit' | 'hash' | 'plain'
  /** Record a failed load's error as the span's exception. Default false: its message may hold keys and data. */
  readonly exceptions?: boolean
}

/** `SpanStatusCode.ERROR`, a number that OpenTelemetry does not change. */
const ERROR = 2

/**
 * A span `strata.load` for every load of every cache in the process, from the start of the loader to its end, under the
 * span that is active where the load begins. Spans that the loader starts stand beside it, not under it: the loader runs
 * in its caller's context.
 *
 * Attributes: `strata.namespace`; `strata.key` as asked for; of a failed load `error.type` (the error's `code`, else its
 * name), with the status ERROR. A load that is still under way when this stops ends its span there.
 *
 * Returns how to stop. Throws `InvalidOptionError`, also where neither a tracer is given nor @opentelemetry/api installed.
 */
export function otelSpans(options: OtelSpanOptions = {}): () => void {
  assertKnown(options, ['tracer', 'keys', 'exceptions'])
  const { keys = 'omit', exceptions = false } = options
  if (!['omit', 'hash', 'plain'].includes(keys)) {
    throw new InvalidOptionError('keys', keys, "'omit', 'hash', 'plain'")
  }
  if (typeof exceptions !== 'boolean') {
    throw new InvalidOptionError('exceptions', exceptions, 'true or false')
  }
  const tracer = parseTracer(options.tracer ?? globalTracer())

  return listenToLoads<OtelSpan>({
    start: ({ namespace, key }) => {
      const attributes: Record<string, string> = { 'strata.namespace': namespace }
      if (keys !== 'omit') attributes['strata.key'] = keys === 'plain' ? key : hashOf(key)
      return tracer.startSpan('strata.load', { attributes })
    },
    end: (span, end) => {
      if (end.result === 'error') tellFailure(span, end, exceptions)
      span.end()
    },
  })
}

function tellFailure(span: OtelSpan, { error }: LoadEnd, exceptions: boolean): void {
  span.setStatus({ code: ERROR })
  span.setAttribute('error.type', typeOf(error))
  if (exceptions) span.recordException(error instanceof Error ? error : new Error(String(error)))
}

function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : error.name
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16)
}

function parseTracer(tracer: OtelTracer): OtelTracer {
  if (typeof (tracer as Partial<OtelTracer> | null)?.startSpan === 'function') return tracer
  throw new InvalidOptionError('tracer', tracer, 'a Tracer of @opentelemetry/api')
}

function globalTracer(): OtelTracer {
  const require = createRequire(import.meta.url)
  const api = peer(() => require('@opentelemetry/api'), '@opentelemetry/api', 'tracer')
  return (api as typeof import('@opentelemetry/api')).trace.getTracer('strata-cache')
}

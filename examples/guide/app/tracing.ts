import { context, SpanKind, type Span, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { Reading } from 'strata-cache'
import type { Middleware } from 'strata-cache/server'
import { otelSpans } from 'strata-cache/telemetry'
import type { Database } from '../../demo/database.js'
import type { Ask } from './library.js'
import { PART, ServerTiming } from './server-timing.js'

/** Spans around the parts of the application, and a `Server-Timing` that is made of them. */
export interface Tracing {
  /** A span for each query. */
  database(database: Database): Database
  /** A span for each read of the cache, which says what answered it. */
  readonly ask: Ask
  /** A span for each run of a computation. */
  computation<Args extends readonly unknown[], R>(
    name: string,
    run: (...args: Args) => R,
  ): (...args: Args) => R
  /** A span for each request, and its `Server-Timing`. */
  readonly middleware: Middleware
  close(): Promise<void>
}

/** One for the process: a context manager of OpenTelemetry is global. */
export function openTracing(processors: readonly SpanProcessor[] = []): Tracing {
  const timing = new ServerTiming()
  const provider = new BasicTracerProvider({ spanProcessors: [timing, ...processors] })
  const contexts = new AsyncLocalStorageContextManager().enable()
  context.setGlobalContextManager(contexts)
  const tracer = provider.getTracer('guide')
  const stopLoads = otelSpans({ tracer, keys: 'plain' })

  return {
    database: (database) => ({
      ...database,
      query: (sql, parameters) =>
        during(tracer, { name: nameOf(sql), part: 'db', kind: SpanKind.CLIENT }, (span) => {
          span.setAttribute('db.query.text', sql.trim().replace(/\s+/g, ' '))
          return database.query(sql, parameters)
        }),
    }),

    ask: (name, defined, id) =>
      during(tracer, { name: `cache ${name}` }, async (span) => {
        const reading = await defined.read(id)
        span.setAttributes({ [PART]: partOf(reading), 'strata.key': defined.key(id) })
        return reading.value
      }),

    computation:
      (name, run) =>
      (...args) => {
        const attributes = { [PART]: 'cpu' }
        const span = tracer.startSpan(name, { attributes, startTime: performance.now() })
        try {
          return run(...args)
        } finally {
          span.end(performance.now())
        }
      },

    middleware: (c, next) =>
      during(
        tracer,
        { name: `${c.req.method} ${c.req.path}`, kind: SpanKind.SERVER },
        async (span) => {
          timing.begin(span)
          await next()
          const parts = timing.take(span)
          if (parts !== '') c.header('server-timing', parts, { append: true })
        },
      ),

    async close() {
      stopLoads()
      context.disable()
      await provider.shutdown()
    },
  }
}

interface SpanOptions {
  readonly name: string
  readonly part?: string
  readonly kind?: SpanKind
}

/** Runs under a span, which ends with it. */
function during<T>(
  tracer: Tracer,
  { name, part, kind = SpanKind.INTERNAL }: SpanOptions,
  run: (span: Span) => Promise<T>,
): Promise<T> {
  const attributes = part === undefined ? {} : { [PART]: part }
  // both times are given: a span takes its own start from a clock of whole milliseconds
  const startTime = performance.now()
  return tracer.startActiveSpan(name, { kind, attributes, startTime }, async (span) => {
    try {
      return await run(span)
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end(performance.now())
    }
  })
}

/** `SELECT posts` */
function nameOf(sql: string): string {
  const [verb = ''] = sql.trim().split(/\s/, 1)
  const [, table = ''] = /\b(?:from|update) (\w+)/.exec(sql.replace(/from unnest\S+/, '')) ?? []
  return `${verb.toUpperCase()} ${table}`
}

function partOf({ outcome, tier }: Reading<unknown>): string {
  if (outcome === 'miss' || outcome === 'bypass') return 'loader'
  return tier === 'redis' ? 'L2' : 'L1'
}

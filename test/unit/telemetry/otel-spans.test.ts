import { AsyncLocalStorage } from 'node:async_hooks'
import {
  context,
  type Context,
  type ContextManager,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Cache } from '../../../src/cache/cache.js'
import { createCache, type CacheOptions } from '../../../src/create-cache.js'
import { otelSpans, type OtelSpanOptions } from '../../../src/telemetry/index.js'

interface Recorded {
  readonly name: string
  readonly parent: string | undefined
  readonly attributes: Record<string, unknown>
  status: SpanStatusCode
  exceptions: unknown[]
  ends: number
}

let spans: Recorded[]

beforeEach(() => {
  spans = []
})

beforeAll(() => {
  context.setGlobalContextManager(new AsyncContexts())
})

afterAll(() => {
  context.disable()
})

describe('otelSpans', () => {
  it('makes a span for a load, and none for a hit', async () => {
    const cache = cacheOf({ namespace: 'shop' })
    listen()
    await cache.get('a', () => 1)
    await cache.get('a', () => 1)
    expect(spans).toEqual([
      {
        name: 'strata.load',
        parent: undefined,
        attributes: { 'strata.namespace': 'shop' },
        status: SpanStatusCode.UNSET,
        exceptions: [],
        ends: 1,
      },
    ])
  })

  it('ends the span when the loader does', async () => {
    const cache = cacheOf({})
    listen()
    let finish: (value: number) => void = () => undefined
    const value = cache.get('a', () => new Promise<number>((resolve) => (finish = resolve)))
    await new Promise(setImmediate)
    expect(spans[0]?.ends).toBe(0)
    finish(1)
    await value
    expect(spans[0]?.ends).toBe(1)
  })

  it('puts the span under the one that is active where the load begins', async () => {
    const cache = cacheOf({})
    listen()
    const request = tracer.startSpan('GET /')
    await context.with(trace.setSpan(context.active(), request), () => cache.get('a', () => 1))
    expect(spans.map(({ name, parent }) => [name, parent])).toEqual([
      ['GET /', undefined],
      ['strata.load', 'GET /'],
    ])
  })

  it('tells of a failed load by status and type, without its message', async () => {
    const cache = cacheOf({})
    listen()
    const failing = [
      Object.assign(new Error('no anna@example.org'), { code: 'ECONNREFUSED' }),
      new TypeError('x'),
      'text',
      undefined,
    ]
    for (const [i, error] of failing.entries()) {
      await cache.get(String(i), (context) => context.fail(error)).catch(() => undefined)
    }
    expect(spans.map(({ attributes }) => attributes['error.type'])).toEqual([
      'ECONNREFUSED',
      'TypeError',
      'string',
      'undefined',
    ])
    expect(spans.every(({ status, ends }) => status === SpanStatusCode.ERROR && ends === 1)).toBe(
      true,
    )
    expect(spans.flatMap(({ exceptions }) => exceptions)).toEqual([])
  })

  it('records exceptions when asked to', async () => {
    const cache = cacheOf({})
    listen({ exceptions: true })
    const error = new Error('down')
    await cache.get('a', () => Promise.reject(error)).catch(() => undefined)
    const text: unknown = 'text'
    await cache.get('b', () => Promise.reject(text)).catch(() => undefined)
    expect(spans.map(({ exceptions }) => exceptions)).toEqual([[error], [new Error('text')]])
  })

  it.each<[OtelSpanOptions['keys'], string | undefined]>([
    [undefined, undefined],
    ['omit', undefined],
    ['plain', 'user:7'],
    ['hash', '20bdc7ae7082d21e'],
  ])('shows the key as %s', async (keys, shown) => {
    const cache = cacheOf({})
    listen(keys === undefined ? {} : { keys })
    await cache.get('user:7', () => 1)
    expect(spans[0]?.attributes['strata.key']).toBe(shown)
  })

  it('ends what is under way when it stops, once', async () => {
    const cache = cacheOf({})
    const stop = listen()
    let finish: (value: number) => void = () => undefined
    const value = cache.get('a', () => new Promise<number>((resolve) => (finish = resolve)))
    await new Promise(setImmediate)
    stop()
    expect(spans[0]).toMatchObject({ ends: 1, status: SpanStatusCode.UNSET })
    finish(1)
    await value
    await cache.get('b', () => 1)
    expect(spans).toHaveLength(1)
    expect(spans[0]?.ends).toBe(1)
  })

  it('takes no notice of a load that began before it', async () => {
    const cache = cacheOf({})
    const stop = otelSpans({ tracer: { startSpan: () => silent } })
    let finish: (value: number) => void = () => undefined
    const value = cache.get('a', () => new Promise<number>((resolve) => (finish = resolve)))
    await new Promise(setImmediate)
    stop()
    listen()
    finish(1)
    await value
    expect(spans).toEqual([])
  })

  it('uses the global tracer provider when no tracer is given', async () => {
    trace.setGlobalTracerProvider({ getTracer: (name) => ({ ...tracer, startSpan: named(name) }) })
    onTestFinished(() => trace.disable())
    const cache = cacheOf({})
    onTestFinished(otelSpans())
    await cache.get('a', () => 1)
    expect(spans.map(({ name }) => name)).toEqual(['strata-cache/strata.load'])
  })

  it.each<[string, unknown]>([
    ['keys', { keys: 'all' }],
    ['exceptions', { exceptions: 1 }],
    ['tracer', { tracer: {} }],
    ['key', { key: 'hash' }],
  ])('refuses %s: %o', (option, options) => {
    expect(() => otelSpans(options as OtelSpanOptions)).toThrow(
      expect.objectContaining({ code: 'STRATA_INVALID_OPTION', option }),
    )
  })
})

function cacheOf(options: CacheOptions): Cache {
  const cache = createCache({ logger: false, ...options })
  onTestFinished(() => cache.close())
  return cache
}

function listen(options: OtelSpanOptions = {}): () => void {
  const stop = otelSpans({ tracer, ...options })
  onTestFinished(stop)
  return stop
}

/** As a tracer of the SDK: without a context given, the parent is the span of the active one. */
const tracer: Tracer = { startSpan: named(), startActiveSpan: () => undefined as never }

function named(scope?: string): Tracer['startSpan'] {
  return (name, options = {}, from = context.active()) => {
    const parent = trace.getSpan(from) as { name?: string } | undefined
    const recorded: Recorded = {
      name: scope === undefined ? name : `${scope}/${name}`,
      parent: parent?.name,
      attributes: { ...options.attributes },
      status: SpanStatusCode.UNSET,
      exceptions: [],
      ends: 0,
    }
    spans.push(recorded)
    const span = {
      name,
      setAttribute: (key: string, value: unknown) => void (recorded.attributes[key] = value),
      setStatus: ({ code }: { code: SpanStatusCode }) => void (recorded.status = code),
      recordException: (error: unknown) => void recorded.exceptions.push(error),
      end: () => void recorded.ends++,
    }
    return span as unknown as Span
  }
}

const silent = {
  setAttribute: () => undefined,
  setStatus: () => undefined,
  recordException: () => undefined,
  end: () => undefined,
}

/** What the SDK's AsyncLocalStorageContextManager does, as far as it is needed. */
class AsyncContexts implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>()

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(active, () => fn.apply(thisArg, args))
  }

  bind<T>(_: Context, target: T): T {
    return target
  }

  enable(): this {
    return this
  }

  disable(): this {
    this.#storage.disable()
    return this
  }
}

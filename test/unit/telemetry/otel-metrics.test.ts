import { metrics, type Meter } from '@opentelemetry/api'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createCache } from '../../../src/create-cache.js'
import {
  otelMetrics,
  type OtelMeter,
  type OtelMetricOptions,
} from '../../../src/telemetry/index.js'

type Callback = Parameters<ReturnType<OtelMeter['createObservableGauge']>['addCallback']>[0]

/** A meter that is collected by hand. */
class HandMeter implements OtelMeter {
  readonly callbacks = new Map<string, Set<Callback>>()

  createObservableCounter(name: string) {
    return this.#instrument(`counter ${name}`)
  }

  createObservableGauge(name: string) {
    return this.#instrument(`gauge ${name}`)
  }

  collect(): Record<string, [number, Record<string, string>][]> {
    const found: Record<string, [number, Record<string, string>][]> = {}
    for (const [name, callbacks] of this.callbacks) {
      const values: [number, Record<string, string>][] = []
      for (const callback of callbacks) {
        callback({ observe: (value, attributes) => void values.push([value, attributes]) })
      }
      found[name] = values
    }
    return found
  }

  #instrument(name: string) {
    const callbacks = new Set<Callback>()
    this.callbacks.set(name, callbacks)
    return {
      addCallback: (callback: Callback) => void callbacks.add(callback),
      removeCallback: (callback: Callback) => void callbacks.delete(callback),
    }
  }
}

describe('otelMetrics', () => {
  it('observes reads, memory and queue as they are when collected, until it stops', async () => {
    const meter = new HandMeter()
    const [cache, other] = [createCache({ namespace: 'shop' }), createCache({ namespace: 'blog' })]
    const child = cache.namespace('eu')
    const stop = otelMetrics([cache, other, child], { meter })
    await cache.get('a', () => 1)
    await cache.get('a', () => 1)
    await child.get('a')
    await other.set('a', 1)
    const reads = (namespace: string, outcome: string, tier: string) => [
      1,
      { 'strata.namespace': namespace, 'strata.outcome': outcome, 'strata.tier': tier },
    ]
    const perCache = (shop: number, blog: number) => [
      [shop, { 'strata.namespace': 'shop' }],
      [blog, { 'strata.namespace': 'blog' }],
    ]
    expect(meter.collect()).toEqual({
      'counter strata.reads': [
        reads('shop', 'miss', 'loader'),
        reads('shop', 'hit', 'memory'),
        reads('shop.eu', 'miss', 'none'),
      ],
      'gauge strata.memory.bytes': perCache(cache.stats().memory.bytes, other.stats().memory.bytes),
      'gauge strata.memory.entries': perCache(1, 1),
      'gauge strata.queue.depth': perCache(0, 0),
      // without Redis nothing can be away, and nothing has to be heard
      'gauge strata.redis.unavailable': [],
      'gauge strata.bus.lag': [],
      'gauge strata.bus.incoherent': perCache(0, 0),
    })
    stop()
    expect(Object.values(meter.collect()).flat()).toEqual([])
  })

  it('uses the global meter provider when no meter is given', () => {
    const names: string[] = []
    metrics.setGlobalMeterProvider({
      getMeter: (name) => {
        names.push(name)
        return new HandMeter() as unknown as Meter
      },
    })
    onTestFinished(() => metrics.disable())
    otelMetrics(createCache())()
    expect(names).toEqual(['strata-cache'])
  })

  it('takes a meter of the API as it is', () => {
    otelMetrics(createCache(), { meter: metrics.getMeter('mine') })()
  })

  it.each<[string, unknown]>([
    ['meter', { meter: {} }],
    ['meters', { meters: 1 }],
  ])('refuses %s: %o', (option, options) => {
    expect(() => otelMetrics(createCache(), options as OtelMetricOptions)).toThrow(
      expect.objectContaining({ code: 'STRATA_INVALID_OPTION', option }),
    )
  })
})

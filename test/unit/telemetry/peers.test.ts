import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { createCache } from '../../../src/create-cache.js'
import { InvalidOptionError } from '../../../src/errors.js'
import { otelMetrics, otelSpans, promMetrics } from '../../../src/telemetry/index.js'

// Neither prom-client nor @opentelemetry/api is installed.
vi.mock('node:module', () => ({
  createRequire: () => (name: string) => {
    throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' })
  },
}))

const folder = new URL('../../../src/telemetry/', import.meta.url)
const cache = createCache()

describe('without its optional peers strata-cache/telemetry', () => {
  it('imports none of them but as types', () => {
    for (const file of readdirSync(folder)) {
      const imports = readFileSync(new URL(file, folder), 'utf8').match(
        /^import (?!type ).*from '(?![.]|node:).*'/gm,
      )
      expect([file, imports]).toEqual([file, null])
    }
  })

  it.each<[string, string, () => void]>([
    ['client', 'prom-client', () => promMetrics(cache)],
    ['tracer', '@opentelemetry/api', () => otelSpans()],
    ['meter', '@opentelemetry/api', () => otelMetrics(cache)],
  ])('says that %s has to be given, or %s installed', (option, name, call) => {
    expect(call).toThrow(
      new InvalidOptionError(option, undefined, `to be given, or ${name} installed`),
    )
  })

  it('takes what is given', () => {
    const span = {
      setAttribute: () => undefined,
      setStatus: () => undefined,
      recordException: () => undefined,
      end: () => undefined,
    }
    otelSpans({ tracer: { startSpan: () => span } })()
  })
})

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Logger } from '../../../src/cache/options.js'
import { Voice } from '../../../src/cache/voice.js'
import { ManualClock } from '../../support/manual-clock.js'
import { openMemory } from './harness.js'

class Money {
  readonly cents = 5
}

const unstorable = (): unknown => ({ price: new Money() })

interface Line {
  readonly level: string
  readonly code: unknown
  readonly message: string
}

function logbook(): { logger: Logger; lines: Line[] } {
  const lines: Line[] = []
  const at =
    (level: string) =>
    (details: object, message: string): void => {
      lines.push({ level, code: Reflect.get(details, 'code'), message })
    }
  return { lines, logger: { info: at('info'), warn: at('warn') } }
}

describe('an error', () => {
  test('without a listener never throws', async () => {
    const { cache, errors } = openMemory()
    await expect(cache.get('k', unstorable)).resolves.toBeDefined()
    const voice = new Voice(false, new ManualClock())
    expect(() => voice.error(new Error('alone'), 'once')).not.toThrow()
    expect(errors).toHaveLength(1)
  })

  test('is told to every listener until it stops listening', async () => {
    const { cache } = openMemory()
    const first = vi.fn()
    const second = vi.fn()
    const stop = cache.on('error', first)
    cache.on('error', second)
    await cache.get('k', unstorable)
    stop()
    stop()
    await cache.get('k', unstorable)
    expect(first).toHaveBeenCalledTimes(1)
    expect(second).toHaveBeenCalledTimes(2)
  })

  test('a listener that throws hurts neither the read nor the others', async () => {
    const { lines, logger } = logbook()
    const { cache } = openMemory({ logger })
    const second = vi.fn()
    cache.on('error', () => {
      throw new Error('a bug in the listener')
    })
    cache.on('error', second)
    const value = unstorable()
    expect(await cache.get('k', () => value)).toBe(value)
    expect(second).toHaveBeenCalledTimes(1)
    expect(lines.map(({ code }) => code)).toEqual(['STRATA_ERROR', 'STRATA_LISTENER'])
    expect(lines[1]?.message).toContain('a bug in the listener')
  })

  test('a logger that throws hurts no read', async () => {
    const fail = (): never => {
      throw new Error('a bug in the logger')
    }
    const { cache } = openMemory({ logger: { info: fail, warn: fail } })
    const value = unstorable()
    expect(await cache.get('k', () => value)).toBe(value)
  })

  test('of a kind is logged once', () => {
    const { lines, logger } = logbook()
    const voice = new Voice(logger, new ManualClock())
    for (const kind of ['a', 'a', 'b', 'a']) voice.error(new Error(`of ${kind}`), kind)
    expect(lines).toEqual([
      { level: 'warn', code: 'STRATA_ERROR', message: 'of a' },
      { level: 'warn', code: 'STRATA_ERROR', message: 'of b' },
    ])
  })
})

describe('a change of state', () => {
  test('is told once, with a line in the log', () => {
    const { lines, logger } = logbook()
    const clock = new ManualClock()
    const voice = new Voice(logger, clock)
    const degraded = vi.fn()
    const recovered = vi.fn()
    voice.on('degraded', degraded)
    voice.on('recovered', recovered)
    voice.back()
    voice.down('timeout')
    clock.advance(1_500)
    voice.down('connection')
    voice.back()
    voice.back()
    expect(degraded.mock.calls).toEqual([[{ reason: 'timeout' }]])
    expect(recovered.mock.calls).toEqual([[{ after: 1_500 }]])
    expect(lines.map(({ level, code }) => [level, code])).toEqual([
      ['warn', 'STRATA_REDIS_DOWN'],
      ['info', 'STRATA_REDIS_BACK'],
    ])
    expect(lines[0]?.message).toContain('timeout')
    expect(lines[1]?.message).toContain('1500 ms')
    voice.down('again')
    expect(degraded).toHaveBeenCalledTimes(2)
    expect(lines).toHaveLength(3)
  })

  test('is not told to who has stopped listening', () => {
    const voice = new Voice(false, new ManualClock())
    const degraded = vi.fn()
    voice.on('degraded', degraded)()
    voice.down('timeout')
    expect(degraded).not.toHaveBeenCalled()
  })
})

describe('without a logger', () => {
  const emitWarning = vi.spyOn(process, 'emitWarning')

  beforeEach(() => void emitWarning.mockReset().mockImplementation(() => {}))
  afterEach(() => void emitWarning.mockReset())

  test('a process warning is given, once per change', () => {
    const voice = new Voice(undefined, new ManualClock())
    voice.down('timeout')
    voice.down('timeout')
    voice.back()
    const said = emitWarning.mock.calls.map(([, options]) => options)
    expect(said).toEqual([
      { type: 'StrataWarning', code: 'STRATA_REDIS_DOWN' },
      { type: 'StrataWarning', code: 'STRATA_REDIS_BACK' },
    ])
  })

  test('false is silent', () => {
    const voice = new Voice(false, new ManualClock())
    voice.down('timeout')
    voice.back()
    voice.error(new Error('failed'), 'once')
    voice.hint('STRATA_HINT', 'a hint')
    expect(emitWarning).not.toHaveBeenCalled()
  })

  test('a hint is given once', () => {
    const voice = new Voice(undefined, new ManualClock())
    for (const hint of ['one', 'two', 'one']) voice.hint('STRATA_HINT', hint)
    expect(emitWarning.mock.calls.map(([message]) => message)).toEqual(['one', 'two'])
  })
})

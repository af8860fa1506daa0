import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { loadBinding } from '../../../src/native/binding.js'
import type {
  NativeBinding,
  NativeConfig,
  NativeError,
  NativeFront,
  NativeStore,
} from '../../../src/native/contract.js'
import { describeNative } from '../../support/native.js'

const CONFIG: NativeConfig = {
  front: 1,
  ip: '127.0.0.1',
  port: 0,
  sharesPort: false,
  threads: 1,
  headerBytes: 16_384,
  headerFields: 100,
  connections: 100,
  pending: 100,
  waiters: 100,
  headerTimeout: 1_000,
  idleTimeout: 1_000,
  requestTimeout: 1_000,
  bodyTimeout: 1_000,
  writeTimeout: 1_000,
  handlerTimeout: 0,
}

const PROGRAM = JSON.stringify({
  version: 1,
  table: { version: 1, nodes: [[[], -1, -1, -1]], leaves: [], names: [] },
  methods: ['GET'],
  allow: 'GET, HEAD',
  rules: [],
})

/** An error with this code. */
function refusal(code: NativeError['code'], message?: string): unknown {
  return expect.objectContaining(message === undefined ? { code } : { code, message })
}

describeNative('the edge of the addon', () => {
  let binding: NativeBinding
  let store: NativeStore
  const fronts: NativeFront[] = []

  beforeAll(async () => {
    const loaded = await loadBinding()
    if (loaded.binding === undefined) throw new Error(loaded.reason)
    binding = loaded.binding
    store = new binding.NativeStore(1_048_576)
  })

  afterEach(() => {
    for (const front of fronts.splice(0)) front.join()
  })

  function open(config: Partial<NativeConfig> = {}, program = PROGRAM): NativeFront {
    const front = binding.NativeFront.open({ ...CONFIG, ...config }, program, store, () => {})
    fronts.push(front)
    return front
  }

  describe('opening', () => {
    test.each([
      [{ port: -1 }, 'port is -1, 0 .. 65535 is allowed'],
      [{ port: 65_536 }, 'port is 65536, 0 .. 65535 is allowed'],
      [{ threads: 65 }, 'threads is 65, 0 .. 64 is allowed'],
      [{ headerBytes: 1.5 }, 'headerBytes is 1.5, 1 .. 4294967295 is allowed'],
      [{ idleTimeout: Number.NaN }, 'idleTimeout is NaN, 0 .. 4294967295 is allowed'],
      [{ pending: Number.POSITIVE_INFINITY }, 'pending is inf, 1 .. 4294967295 is allowed'],
      [{ ip: 'localhost' }, 'ip is "localhost", no address'],
    ])('refuses %j', (config, message) => {
      expect(() => open(config)).toThrow(refusal('ERR_NATIVE_ARGUMENT', message))
    })

    test.each(['', '{', '{}', '[]'])('refuses a program that is %j', (program) => {
      expect(() => open({}, program)).toThrow(refusal('ERR_NATIVE_PROGRAM'))
    })

    test('says what the system says when the port is taken', () => {
      const { port } = open().address()
      expect(() => open({ port })).toThrow(refusal('EADDRINUSE'))
    })

    test('says what the system says when the address is none of this machine', () => {
      expect(() => open({ ip: '192.0.2.1' })).toThrow(refusal('EADDRNOTAVAIL'))
    })

    test.each([
      ['127.0.0.1', 'IPv4'],
      ['::1', 'IPv6'],
    ])('says where it listens: %s', (ip, family) => {
      const address = open({ ip }).address()
      expect(address).toEqual({ address: ip, family, port: expect.any(Number) })
      expect(address.port).toBeGreaterThan(0)
    })
  })

  describe('exchange', () => {
    const memory = Buffer.allocUnsafeSlow(4_096)

    test('refuses a length beyond the buffer', () => {
      expect(() => open().exchange(Buffer.alloc(8), 9, memory)).toThrow(
        refusal('ERR_NATIVE_ARGUMENT', 'outLength is 9, the buffer has 8'),
      )
    })

    test('refuses buffers that share memory', () => {
      const front = open()
      for (const [out, into] of [
        [memory, memory],
        [memory.subarray(0, 100), memory.subarray(99)],
      ] as const) {
        expect(() => front.exchange(out, 0, into)).toThrow(refusal('ERR_NATIVE_ARGUMENT'))
      }
      expect(front.exchange(memory.subarray(0, 100), 0, memory.subarray(100))).toBe(0)
    })

    test('refuses what is no buffer', () => {
      const front = open() as unknown as { exchange: (...args: unknown[]) => number }
      for (const args of [[], [memory], [memory, 0, 'text'], [memory, '0', Buffer.alloc(8)]]) {
        expect(() => front.exchange(...args)).toThrow(expect.objectContaining({ name: 'Error' }))
      }
    })

    test.each([
      [[15, 1, 0, 0], 'a length that is no multiple of 4'],
      [[8, 1], 'a length below that of any record'],
      [[64, 1, 0, 0], 'a length beyond what is there'],
      [[16, 99, 0, 0], 'an unknown kind'],
      [[36, 1, 0, 0, 200, 1_000, 0, 0, 0], 'a head beyond the record'],
    ])('refuses %j: %s', (words) => {
      const out = Buffer.from(Uint32Array.from(words).buffer)
      expect(() => open().exchange(out, out.length, memory)).toThrow(refusal('ERR_NATIVE_WIRE'))
    })
  })

  test('everything throws after join, which may be called again', () => {
    const front = open()
    front.join()
    front.join()
    for (const call of [
      () => front.address(),
      () => front.stats(),
      () => front.close(0),
      () => front.setProgram(PROGRAM),
      () => front.exchange(Buffer.alloc(0), 0, Buffer.alloc(8)),
    ]) {
      expect(call).toThrow(refusal('ERR_NATIVE_CLOSED'))
    }
  })

  test('its port is free when join returns', () => {
    const first = open()
    const { port } = first.address()
    first.join()
    expect(open({ port }).address().port).toBe(port)
  })

  describe('a store', () => {
    test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
      'cannot have %j bytes',
      (bytes) => {
        expect(() => new binding.NativeStore(bytes)).toThrow(refusal('ERR_NATIVE_ARGUMENT'))
      },
    )

    test.each([-1, 0.5, Number.NaN, 2 ** 60])('has no handle %j', (handle) => {
      const refused = refusal('ERR_NATIVE_ARGUMENT')
      expect(() => store.read(handle)).toThrow(refused)
      expect(() => store.has(handle)).toThrow(refused)
      expect(() => store.alias(1, handle)).toThrow(refused)
      expect(() => store.renew(handle, 1, 1)).toThrow(refused)
    })

    test('knows nothing of a handle that it did not give', () => {
      expect(store.read(12_345)).toBeNull()
      expect([store.has(12_345), store.alias(1, 12_345), store.renew(12_345, 1, 1)]).toEqual([
        false,
        false,
        false,
      ])
    })

    test('keeps nothing of a flight that it does not know, nor of broken words', () => {
      expect(store.put(77, Buffer.alloc(64), Buffer.alloc(8), ['a'], 0)).toBe(0)
      expect(store.put(77, Buffer.alloc(3), Buffer.alloc(0), [], 0)).toBe(0)
    })

    test('takes times that end never, and none that are no times', () => {
      store.coherentUntil(Number.POSITIVE_INFINITY)
      for (const at of [-1, Number.NaN]) {
        expect(() => store.coherentUntil(at)).toThrow(refusal('ERR_NATIVE_ARGUMENT'))
      }
    })

    test('is empty at first, and may be emptied', () => {
      const empty = new binding.NativeStore(1_024)
      empty.clear()
      empty.distrust()
      empty.purgeLabels(['a', 'ä', ''])
      expect(empty.drainHits()).toEqual([])
      expect(empty.stats()).toMatchObject({ entries: 0, bytes: 0, maxBytes: 1_024, evictions: 0 })
    })
  })
})

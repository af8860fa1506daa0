import { afterEach, describe, expect, test } from 'vitest'
import { cached, invalidates } from '../../../src/decorator/index.js'
import { InvalidOptionError } from '../../../src/errors.js'
import { openMemory, thrownBy } from '../cache/harness.js'

type Decorate = (...args: readonly unknown[]) => unknown

const decorators: readonly (readonly [string, Decorate])[] = [
  ['@cached', cached({ name: 'a' }) as unknown as Decorate],
  ['@invalidates', invalidates({ tags: ['a'] }) as unknown as Decorate],
]

/** What every compiler's test cannot write, for its compiler refuses it or for want of such a compiler. */
describe.each(decorators)('%s', (word, decorate) => {
  test.each([
    ['accessor', [{ get: () => 1 }, { kind: 'accessor', name: 'a' }]],
    ['parameter of', [{}, 'a', 0]],
    ['field', [{}, 'a', { initializer: () => 1 }]],
    ['accessor', [{}, 'a', { get: () => async () => 1 }]],
  ])('refuses another place: %s', (kind, args) => {
    const error = thrownBy(() => decorate(...args))
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect((error as Error).message).toBe(
      `${word}: got "${kind} a", allowed: on an async method only`,
    )
  })

  test('makes a method that is not async give a promise', async () => {
    const method = decorate(() => 1, { kind: 'method', name: 'a' }) as () => unknown
    const result = method.call({ cache: openMemory().cache })
    expect(result).toBeInstanceOf(Promise)
    expect(await result).toBe(1)
  })
})

describe.each(decorators)('%s carries over', (_, decorate) => {
  const kept = new Map<unknown, Map<unknown, unknown>>()
  const fake = {
    getOwnMetadataKeys: (target: unknown) => [...(kept.get(target)?.keys() ?? [])],
    getOwnMetadata: (key: unknown, target: unknown) => kept.get(target)?.get(key),
    defineMetadata: (key: unknown, value: unknown, target: unknown) =>
      kept.set(target, new Map([...(kept.get(target) ?? []), [key, value]])),
  }

  afterEach(() => {
    for (const name of Object.keys(fake)) Reflect.deleteProperty(Reflect, name)
  })

  test('what frameworks noted in reflect-metadata', () => {
    Object.assign(Reflect, fake)
    const find = async () => 1
    fake.defineMetadata('path', '/posts', find)
    const descriptor = { value: find, configurable: true, writable: true, enumerable: false }
    const decorated = decorate({}, 'find', descriptor) as typeof descriptor
    expect(decorated).toEqual({ ...descriptor, value: expect.any(Function) })
    expect(decorated.value).not.toBe(find)
    expect(fake.getOwnMetadata('path', decorated.value)).toBe('/posts')
  })

  test('properties of the function', () => {
    const mark = Symbol('mark')
    const { find } = { find: async (_id: number) => 1 }
    Object.assign(find, { [mark]: 1 })
    const decorated = decorate(find, { kind: 'method', name: 'find' }) as typeof find & {
      [mark]: 1
    }
    expect([decorated[mark], decorated.name, decorated.length]).toEqual([1, 'find', 1])
  })
})

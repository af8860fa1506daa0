import { InvalidOptionError } from '../errors.js'
import { carryOver } from './carry-over.js'
import type { Method } from './method.js'

type Wrap = (method: Method, name: string | symbol) => Method

/**
 * A decorator of methods for both kinds of decorators: the standard's are called with the method and a context, those of
 * `experimentalDecorators` with the prototype, the name and a descriptor. `word` names it in errors. Throws
 * `InvalidOptionError` for whatever is no method.
 */
export function decorateMethod(word: string, wrap: Wrap): (...args: readonly unknown[]) => unknown {
  function decorate(first: unknown, second: unknown, third: unknown): unknown {
    const context = contextOf(second)
    if (context === undefined) return legacy(first, second, third)
    if (context.kind !== 'method') refuse(word, context.kind, context.name)
    return replaced(first as Method, context.name)
  }

  function legacy(target: unknown, name: unknown, third: unknown): PropertyDescriptor {
    if (name === undefined) refuse(word, 'class', (target as { name?: unknown } | null)?.name)
    if (typeof third === 'number') refuse(word, 'parameter of', name)
    const descriptor = (third ?? {}) as PropertyDescriptor
    const method: unknown = descriptor.value
    if (descriptor.get !== undefined || descriptor.set !== undefined) refuse(word, 'accessor', name)
    if (typeof method !== 'function') refuse(word, 'field', name)
    return { ...descriptor, value: replaced(method as Method, name as string | symbol) }
  }

  function replaced(method: Method, name: string | symbol): Method {
    return carryOver(method, wrap(method, name))
  }

  return (first, second, third) => decorate(first, second, third)
}

interface Context {
  readonly kind: string
  readonly name: string | symbol
}

/** The second argument, if it is the context of a standard decorator. */
function contextOf(second: unknown): Context | undefined {
  const context = second as Partial<Context> | null | undefined
  return typeof context === 'object' && typeof context?.kind === 'string'
    ? (context as Context)
    : undefined
}

function refuse(word: string, kind: string, name: unknown): never {
  throw new InvalidOptionError(`@${word}`, `${kind} ${String(name)}`, 'on an async method only')
}

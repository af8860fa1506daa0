import type { Method } from './method.js'

/** The part of `reflect-metadata` that is used, where a program has loaded it. */
interface Metadata {
  getOwnMetadataKeys?(target: object): unknown[]
  getOwnMetadata?(key: unknown, target: object): unknown
  defineMetadata?(key: unknown, value: unknown, target: object): void
}

/** Properties that each function has of its own kind. */
const OWN = new Set<string | symbol>(['prototype', 'arguments', 'caller'])

/**
 * Gives the new method what stood on the old one: its name and length, the marks of decorators below, and what frameworks
 * noted in `reflect-metadata` (a route of NestJS would otherwise be gone). What the new one has already stays.
 */
export function carryOver(from: Method, to: Method): Method {
  for (const key of Reflect.ownKeys(from)) {
    if (OWN.has(key) || (Object.hasOwn(to, key) && key !== 'name' && key !== 'length')) continue
    Object.defineProperty(to, key, Object.getOwnPropertyDescriptor(from, key) ?? {})
  }
  const metadata = Reflect as Metadata
  for (const key of metadata.getOwnMetadataKeys?.(from) ?? []) {
    metadata.defineMetadata?.(key, metadata.getOwnMetadata?.(key, from), to)
  }
  return to
}

/** Properties laid over those of an object that others hold as well, for a while. */
export class Overlay {
  readonly #target: object
  readonly #properties: PropertyDescriptorMap
  #before: readonly (readonly [name: string, own: PropertyDescriptor | undefined])[] | undefined

  constructor(target: object, properties: PropertyDescriptorMap) {
    this.#target = target
    this.#properties = properties
    this.apply()
  }

  apply(): void {
    if (this.#before !== undefined) return
    const names = Object.keys(this.#properties)
    this.#before = names.map((name) => [name, Object.getOwnPropertyDescriptor(this.#target, name)])
    Object.defineProperties(this.#target, this.#properties)
  }

  remove(): void {
    for (const [name, own] of this.#before ?? []) {
      if (own === undefined) Reflect.deleteProperty(this.#target, name)
      else Object.defineProperty(this.#target, name, own)
    }
    this.#before = undefined
  }
}

/** What anybody may write over, as over any property of such an object. */
export function values(properties: Readonly<Record<string, unknown>>): PropertyDescriptorMap {
  const pairs = Object.entries(properties).map(([name, value]) => [
    name,
    { value, writable: true, enumerable: true, configurable: true },
  ])
  return Object.fromEntries(pairs) as PropertyDescriptorMap
}

export function getters(
  properties: Readonly<Record<string, () => unknown>>,
): PropertyDescriptorMap {
  const pairs = Object.entries(properties).map(([name, get]) => [name, { get, configurable: true }])
  return Object.fromEntries(pairs) as PropertyDescriptorMap
}

/** A method as it is now, whatever is laid over it later. */
export function methodNow<T extends object, K extends keyof T>(target: T, name: K): T[K] {
  const method = target[name] as (...args: unknown[]) => unknown
  return method.bind(target) as T[K]
}

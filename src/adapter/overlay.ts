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

/** A field that its owner goes on using, while what others find there is decided here. */
export interface Shadow {
  /** What is read. */
  readonly get: (kept: unknown) => unknown
  /** True: it has been taken elsewhere. */
  readonly set?: (value: unknown) => boolean
}

export class ShadowedFields {
  readonly #target: object
  readonly #kept = new Map<string, unknown>()

  constructor(target: object, shadows: Readonly<Record<string, Shadow>>) {
    this.#target = target
    for (const [name, shadow] of Object.entries(shadows)) this.#shadow(name, shadow)
  }

  remove(): void {
    for (const [name, value] of this.#kept) {
      Object.defineProperty(this.#target, name, descriptorOf(value))
    }
    this.#kept.clear()
  }

  #shadow(name: string, { get, set }: Shadow): void {
    this.#kept.set(name, Reflect.get(this.#target, name))
    Object.defineProperty(this.#target, name, {
      get: () => get(this.#kept.get(name)),
      set: (value: unknown) => {
        if (set?.(value) !== true) this.#kept.set(name, value)
      },
      enumerable: true,
      configurable: true,
    })
  }
}

function descriptorOf(value: unknown): PropertyDescriptor {
  return { value, writable: true, enumerable: true, configurable: true }
}

/** What anybody may write over, as over any property of such an object. */
export function values(properties: Readonly<Record<string, unknown>>): PropertyDescriptorMap {
  const pairs = Object.entries(properties).map(([name, value]) => [name, descriptorOf(value)])
  return Object.fromEntries(pairs) as PropertyDescriptorMap
}

/** A method as it is now, whatever is laid over it later. */
export function methodNow<T extends object, K extends keyof T>(target: T, name: K): T[K] {
  const method = target[name] as (...args: unknown[]) => unknown
  return method.bind(target) as T[K]
}

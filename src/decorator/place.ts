/** The class of an instance; of a static method, which is called on it, the class itself. */
export function classOf(self: object): object {
  const owner: unknown = typeof self === 'function' ? self : self.constructor
  return typeof owner === 'function' ? owner : self
}

/** A method as errors name it: `Posts.find`. For people only: names of classes are no identity. */
export function placeOf(self: unknown, method: string | symbol): string {
  const owner = self === undefined || self === null ? undefined : classOf(Object(self) as object)
  const name = typeof owner === 'function' ? owner.name : ''
  if (typeof method === 'symbol') return `${name}[${String(method)}]`
  return name === '' ? method : `${name}.${method}`
}

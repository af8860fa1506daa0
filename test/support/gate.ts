/** A promise that its owner settles. */
export interface Gate<T> {
  readonly promise: Promise<T>
  open(value: T): void
}

export function gate<T = void>(): Gate<T> {
  let open: ((value: T) => void) | undefined
  const promise = new Promise<T>((resolve) => {
    open = resolve
  })
  return { promise, open: (value) => open?.(value) }
}

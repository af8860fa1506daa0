/** A promise that its owner settles. A rejection that nobody waits for is no error of the process. */
export interface Gate<T> {
  readonly promise: Promise<T>
  open(value: T): void
  fail(error: unknown): void
}

export function gate<T = void>(): Gate<T> {
  let open: ((value: T) => void) | undefined
  let fail: ((error: unknown) => void) | undefined
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  promise.catch(ignore)
  return { promise, open: (value) => open?.(value), fail: (error) => fail?.(error) }
}

/** Whoever awaits the promise hears of it. */
function ignore(): void {}

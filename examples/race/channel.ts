/** The two ends of a child process: `process` in the child, the `ChildProcess` in its parent. */
export interface Peer {
  send?(message: Message, done?: (error: Error | null) => void): boolean
  on(event: 'message', listener: (message: Message) => void): unknown
}
type Calls<T> = { readonly [Name in keyof T]: (...args: never[]) => unknown }
type Message =
  | { readonly id: number; readonly name: PropertyKey; readonly args: readonly unknown[] }
  | { readonly id: number; readonly result: unknown }

/** What the other end offers, with its answers as promises. A failure at the other end ends that process, not the call. */
export type Remote<T> = {
  readonly [Name in keyof T]: T[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never
}

/** Calls over IPC in both directions: offers `ours` to the other end, and asks it for what it offers. */
export function openChannel<Theirs extends Calls<Theirs>>(
  peer: Peer,
  ours: Readonly<Record<string, (...args: never[]) => unknown>>,
): Remote<Theirs> {
  const waiting = new Map<number, (result: never) => void>()
  let lastId = 0
  // The other end may be gone already: whoever watches over the process knows, nobody else has to.
  const send = (message: Message) => peer.send?.(message, () => {})

  async function answer(id: number, name: PropertyKey, args: readonly unknown[]): Promise<void> {
    const result = await ours[String(name)]?.(...(args as never[]))
    send({ id, result })
  }

  peer.on('message', (message) => {
    if ('name' in message) return void answer(message.id, message.name, message.args)
    waiting.get(message.id)?.(message.result as never)
    waiting.delete(message.id)
  })
  const ask = (name: PropertyKey, args: readonly unknown[]) =>
    new Promise((done) => {
      const id = ++lastId
      waiting.set(id, done)
      send({ id, name, args })
    })
  return new Proxy({} as Remote<Theirs>, {
    get:
      (_, name) =>
      (...args: unknown[]) =>
        ask(name, args),
  })
}

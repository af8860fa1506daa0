import type { Socket } from 'node:net'

/** What the database is asked, one JSON text a line; answered in any order. */
export type DatabaseRequest =
  | { readonly id: number; readonly op: 'read'; readonly key: string }
  | {
      readonly id: number
      readonly op: 'write'
      readonly keys: readonly string[]
      readonly hold: boolean
    }
  /** Of what the write with this id holds. */
  | { readonly id: number; readonly op: 'release'; readonly write: number }
  | { readonly id: number; readonly op: 'summary' }

export interface DatabaseReply {
  readonly id: number
  /** Of a read, or of a write in the order of its keys. */
  readonly versions?: readonly number[]
  readonly summary?: DatabaseSummary
}

export interface DatabaseSummary {
  /** Rows read so far: how often loaders ran. */
  readonly loads: number
  readonly newest: readonly (readonly [key: string, version: number])[]
}

/** Calls back with what stands on each line. */
export function onLine(socket: Socket, hear: (message: unknown) => void): void {
  let rest = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) hear(JSON.parse(line))
  })
}

export function sendLine(socket: Socket, message: DatabaseRequest | DatabaseReply): void {
  socket.write(`${JSON.stringify(message)}\n`)
}

import type { RecordFault } from '../entry/record.js'

/** What the Redis tier has to say beside its answers. Each is a counted miss or a value kept out, never an error. */
export type RedisEvent =
  /** What stands under an entry's key cannot be used: the read was a miss, the next write replaces it. */
  | {
      readonly type: 'record-fault'
      readonly namespace: string
      readonly key: string
      readonly fault: RecordFault | 'key-mismatch' | 'wrong-type'
    }
  /** A value over `maxValueBytes` was not written; what was under its key is deleted. */
  | {
      readonly type: 'oversize'
      readonly namespace: string
      readonly key: string
      readonly bytes: number
      readonly maxBytes: number
    }
  /** The connection changed its status, or why it is down became known. */
  | {
      readonly type: 'connection'
      readonly status: 'ready' | 'down'
      readonly reason: string | undefined
    }
  /** What is kept in memory cannot be trusted although Redis answers: invalidations of others do not arrive. */
  | { readonly type: 'not-coherent'; readonly reason: string }

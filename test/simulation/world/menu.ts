/** What can go wrong (`faults.ts`). */
export type FaultName =
  | 'cut'
  | 'blackHole'
  | 'slow'
  | 'lateNews'
  | 'pause'
  | 'kill'
  | 'freeze'
  | 'restart'
  | 'failover'
  | 'flush'
  | 'forgetScripts'
  | 'evict'
  | 'full'
  | 'readOnly'
  | 'misconf'
  | 'clockSet'

/**
 * Faults that the contract has no exception for: all but a failover, which loses what was
 * acknowledged, and a server whose clock is set. */
export const PLAIN_FAULTS: readonly FaultName[] = [
  'cut',
  'blackHole',
  'slow',
  'lateNews',
  'pause',
  'kill',
  'freeze',
  'restart',
  'flush',
  'forgetScripts',
  'evict',
  'full',
  'readOnly',
  'misconf',
]

/** How a row is made unusable (`writer.ts`). */
export type WriteWay =
  | 'delete'
  | 'set'
  | 'tag'
  | 'clear'
  | 'expire'
  | 'soft tag'
  /** With a tag that others have, too. */
  | 'group'
  /** Together with its neighbour. */
  | 'delete many'

/** How a row is read (`read-ways.ts`). */
export type ReadWay =
  | 'read'
  /** Without a loader. */
  | 'find'
  /** In memory, synchronously. */
  | 'peek'
  /** Together with its neighbour. */
  | 'many'
  | 'force'
  /** `lease: false` */
  | 'share'
  /** `tiers: 'memory'` */
  | 'memory'
  /** Gives up after a while. */
  | 'signal'

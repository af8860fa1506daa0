/** `'applied'`: everywhere. `'queued'`: in this process; Redis could not be reached and will be told before it is read. */
export type WriteResult = 'applied' | 'queued'

/** The set of a key that began last, as long as it is under way. */
export interface LatestSet {
  /** What became of it; undefined: it is just beginning. */
  result: Promise<WriteResult> | undefined
}

import { Acknowledged, type Acknowledgement } from './acknowledged.js'
import type { Read, Write, WriteResult } from './history.js'

/** What the writes say. */
export class Known {
  readonly counts: Record<WriteResult, number> = { applied: 0, queued: 0, failed: 0, unknown: 0 }
  readonly #byKey = new Map<string, Acknowledged>()
  /** By process and key. */
  readonly #own = new Map<string, Acknowledged>()
  /** As #byKey, and what was queued by processes that lived to the end. */
  readonly #atRest = new Map<string, Acknowledged>()
  /** Key and version of each `set` of which nobody knows when it took effect. */
  readonly #unsettled = new Set<string>()

  constructor(writes: Iterable<Write>, living: ReadonlySet<string>) {
    for (const write of writes) {
      this.counts[write.result]++
      for (const [key, version] of write.versions) this.#learn(write, key, version, living)
    }
  }

  staleBy(read: Read, version: number): Acknowledgement | undefined {
    const acknowledged = read.atRest === true ? this.#atRest : this.#byKey
    return acknowledged.get(read.key)?.firstBeyond(version, read.begun)
  }

  staleByOwn(read: Read, version: number): boolean {
    const own = this.#own.get(pair(read.process, read.key))
    return own?.firstBeyond(version, read.begun) !== undefined
  }

  isUnsettled(key: string, version: number): boolean {
    return this.#unsettled.has(pair(key, version))
  }

  #learn(write: Write, key: string, version: number, living: ReadonlySet<string>): void {
    const { process, ended: at, result, kind } = write
    const isUnsettled = result === 'failed' || result === 'unknown'
    if (isUnsettled && kind === 'set') this.#unsettled.add(pair(key, version))
    if (at === undefined) return
    const acknowledgement = { at, version, process, kind }
    if (result === 'applied') {
      listOf(this.#byKey, key).add(acknowledgement)
      listOf(this.#own, pair(process, key)).add(acknowledgement)
    }
    if (result === 'applied' || (result === 'queued' && living.has(process))) {
      listOf(this.#atRest, key).add(acknowledgement)
    }
  }
}

function listOf(lists: Map<string, Acknowledged>, name: string): Acknowledged {
  let list = lists.get(name)
  if (list === undefined) {
    list = new Acknowledged()
    lists.set(name, list)
  }
  return list
}

function pair(first: string, second: string | number): string {
  return `${first} ${second}`
}

import { type Master, parseMasters } from './cluster-nodes.js'
import type { CommandClient } from './redis-client.js'

/** Who the masters of a Cluster are, asked of one after the other. */
export class MasterList {
  masters: readonly Master[] = []
  /** The moment before the question that these answered. */
  askedFrom: number = -Infinity
  /** The node that told of them. */
  toldBy: CommandClient | undefined
  readonly #client: CommandClient
  readonly #now: () => number
  /** Nodes that have not answered yet: one that stands still must not keep the others from being asked. */
  readonly #asked = new Set<CommandClient>()
  #turn = 0

  constructor(client: CommandClient, now: () => number) {
    this.#client = client
    this.#now = now
  }

  /** Asks the next one. False: nothing newer became known. */
  async ask(): Promise<boolean> {
    const known = this.#client.nodes?.('master') ?? []
    const idle = known.filter((node) => !this.#asked.has(node))
    const node = idle[this.#turn++ % Math.max(1, idle.length)]
    if (node === undefined) return false
    this.#asked.add(node)
    const askedAt = this.#now()
    try {
      const text = String(await node.call('CLUSTER', 'NODES'))
      const asked = { host: hostOf(node), dialled: new Set(known.map(hostOf)) }
      const masters = parseMasters(text, asked)
      // an answer that comes late is older than what is known
      if (masters.length === 0 || askedAt <= this.askedFrom) return false
      this.masters = masters
      this.askedFrom = askedAt
      this.toldBy = node
      return true
    } finally {
      this.#asked.delete(node)
    }
  }
}

function hostOf({ options }: CommandClient): string {
  return (options as { readonly host?: string }).host ?? ''
}

import type { Pattern, Segment } from './pattern.js'
import type { RouteTable } from './route-table.js'

export interface TableRoute {
  readonly method: string
  readonly pattern: Pattern
}

type Node = [statics: (string | number)[], param: number, leaf: number, tail: number]

/** From so many static segments in one place they are found by hash while building. */
const MANY = 8

/** The table of these routes, whose indices are their places in the list. Each has a (method, shape) of its own. */
export function buildTable(routes: readonly TableRoute[]): RouteTable {
  const trie = new Trie()
  for (let route = 0; route < routes.length; route++) {
    const { method, pattern } = routes[route] as TableRoute
    trie.add(pattern.segments, method, route)
  }
  const { nodes, leaves } = trie
  return { version: 1, nodes, leaves, names: routes.map(({ pattern }) => pattern.names) }
}

/** The table as it grows. */
class Trie {
  readonly nodes: Node[] = [[NONE, -1, -1, -1]]
  readonly leaves: (string | number)[][] = []
  /** The static segments of nodes that have many, by their places. */
  readonly #many: Map<string, number>[] = []

  add(segments: readonly Segment[], method: string, route: number): void {
    let at = 0
    for (const segment of segments) {
      if (segment.kind === 'tail') {
        const node = this.nodes[at] as Node
        node[3] = this.#leaf(node[3], method, route)
        return
      }
      at = segment.kind === 'param' ? this.#param(at) : this.#static(at, segment.text)
    }
    const node = this.nodes[at] as Node
    node[2] = this.#leaf(node[2], method, route)
  }

  /** Puts it into a leaf, a new one for -1. Returns which. */
  #leaf(leaf: number, method: string, route: number): number {
    if (leaf === -1) return this.leaves.push([method, route]) - 1
    this.leaves[leaf]?.push(method, route)
    return leaf
  }

  #param(at: number): number {
    const node = this.nodes[at] as Node
    if (node[1] === -1) node[1] = this.#add()
    return node[1]
  }

  #static(at: number, text: string): number {
    const node = this.nodes[at] as Node
    const [statics] = node
    const many = this.#many[at]
    const known = many === undefined ? found(statics, text) : many.get(text)
    if (known !== undefined) return known
    const next = this.#add()
    // an array that grew from nothing takes eight times the room
    if (statics === NONE) node[0] = [text, next]
    else statics.push(text, next)
    if (many !== undefined) many.set(text, next)
    else if (statics.length >= MANY * 2) this.#many[at] = hashed(statics)
    return next
  }

  #add(): number {
    return this.nodes.push([NONE, -1, -1, -1]) - 1
  }
}

/** Of the many nodes that have none. */
const NONE: (string | number)[] = []

function found(statics: readonly (string | number)[], text: string): number | undefined {
  const at = statics.indexOf(text)
  return at === -1 ? undefined : (statics[at + 1] as number)
}

function hashed(statics: readonly (string | number)[]): Map<string, number> {
  const map = new Map<string, number>()
  for (let i = 0; i < statics.length; i += 2)
    map.set(statics[i] as string, statics[i + 1] as number)
  return map
}

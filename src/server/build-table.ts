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
  readonly nodes: Node[] = [emptyNode()]
  readonly leaves: (string | number)[][] = []
  /** The static segments of nodes that have many. */
  readonly #many = new Map<Node, Map<string, number>>()

  add(segments: readonly Segment[], method: string, route: number): void {
    let node = this.nodes[0] as Node
    for (const segment of segments) {
      if (segment.kind === 'tail') {
        node[3] = this.#leaf(node[3], method, route)
        return
      }
      const next = segment.kind === 'param' ? this.#param(node) : this.#static(node, segment.text)
      node = this.nodes[next] as Node
    }
    node[2] = this.#leaf(node[2], method, route)
  }

  /** Puts it into a leaf, a new one for -1. Returns which. */
  #leaf(leaf: number, method: string, route: number): number {
    if (leaf === -1) return this.leaves.push([method, route]) - 1
    this.leaves[leaf]?.push(method, route)
    return leaf
  }

  #param(node: Node): number {
    if (node[1] === -1) node[1] = this.#add()
    return node[1]
  }

  #static(node: Node, text: string): number {
    const [statics] = node
    const known = this.#many.get(node)?.get(text) ?? found(statics, text)
    if (known !== undefined) return known
    const next = this.#add()
    if (statics.length === 0)
      node[0] = [text, next] // an array that grew from nothing takes eight times the room
    else statics.push(text, next)
    if (statics.length === MANY * 2) this.#many.set(node, hashed(statics))
    else if (statics.length > MANY * 2) this.#many.get(node)?.set(text, next)
    return next
  }

  #add(): number {
    return this.nodes.push(emptyNode()) - 1
  }
}

function emptyNode(): Node {
  return [[], -1, -1, -1]
}

/** Among few; of many those are looked up by hash. */
function found(statics: readonly (string | number)[], text: string): number | undefined {
  if (statics.length >= MANY * 2) return undefined
  const at = statics.indexOf(text)
  return at === -1 ? undefined : (statics[at + 1] as number)
}

function hashed(statics: readonly (string | number)[]): Map<string, number> {
  const map = new Map<string, number>()
  for (let i = 0; i < statics.length; i += 2)
    map.set(statics[i] as string, statics[i + 1] as number)
  return map
}

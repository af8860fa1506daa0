import type { Pattern, Segment } from './pattern.js'
import type { RouteTable, TableNode } from './route-table.js'

export interface TableRoute {
  readonly method: string
  readonly pattern: Pattern
}

interface Node {
  readonly statics: Map<string, number>
  param: number
  leaf: number
  tail: number
}

/** The table of these routes, whose indices are their places in the list. Each has a (method, shape) of its own. */
export function buildTable(routes: readonly TableRoute[]): RouteTable {
  const trie = new Trie()
  routes.forEach(({ method, pattern }, route) => {
    trie.leafOf(pattern.segments).push(method, route)
  })
  return {
    version: 1,
    nodes: trie.nodes.map(tableNode),
    leaves: trie.leaves,
    names: routes.map(({ pattern }) => pattern.names),
  }
}

class Trie {
  readonly nodes: Node[] = []
  readonly leaves: (string | number)[][] = []

  constructor() {
    this.#addNode()
  }

  /** The leaf of a pattern, made if need be. */
  leafOf(segments: readonly Segment[]): (string | number)[] {
    let at = 0
    for (const segment of segments) {
      const node = this.nodes[at] as Node
      if (segment.kind === 'tail') {
        if (node.tail === -1) node.tail = this.#addLeaf()
        return this.leaves[node.tail] as (string | number)[]
      }
      at = segment.kind === 'param' ? this.#param(node) : this.#static(node, segment.text)
    }
    const node = this.nodes[at] as Node
    if (node.leaf === -1) node.leaf = this.#addLeaf()
    return this.leaves[node.leaf] as (string | number)[]
  }

  #param(node: Node): number {
    if (node.param === -1) node.param = this.#addNode()
    return node.param
  }

  #static(node: Node, text: string): number {
    let next = node.statics.get(text)
    if (next === undefined) node.statics.set(text, (next = this.#addNode()))
    return next
  }

  #addNode(): number {
    return this.nodes.push({ statics: new Map(), param: -1, leaf: -1, tail: -1 }) - 1
  }

  #addLeaf(): number {
    return this.leaves.push([]) - 1
  }
}

function tableNode(node: Node): TableNode {
  return [[...node.statics].flat(), node.param, node.leaf, node.tail]
}

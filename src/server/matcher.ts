import { ANY_METHOD } from './methods.js'
import type { RouteTable, TableLeaf, TableNode } from './route-table.js'

interface Node {
  /** Few static segments, and the nodes they lead to. */
  readonly texts: readonly string[]
  readonly children: readonly Node[]
  /** Instead of these, where there are many. */
  readonly many: ReadonlyMap<string, Node> | undefined
  readonly param: Node | undefined
  readonly leaf: TableLeaf | undefined
  readonly tail: TableLeaf | undefined
}

/** From so many static segments in one place they are found by hash: below, comparing is quicker. */
const MANY = 5

/**
 * Finds the route of a canonical path: depth first, static before param before tail at every level, back again where
 * nothing below has the method. A node is visited once per path at most, so the work is bounded by the table.
 */
export class Matcher {
  readonly #root: Node
  #method = ''
  #path = ''
  /** Begin and end of each param of the route found last, in its path; what follows them is left from other branches. */
  readonly ranges: number[] = []

  constructor(table: RouteTable) {
    this.#root = nodesOf(table)
  }

  /** The route, or -1; its params are in `ranges` until the next call. */
  find(method: string, path: string): number {
    this.#method = method
    this.#path = path
    return this.#walk(this.#root, 1, 0)
  }

  /** Every method for which some route matches the path. */
  methods(path: string): ReadonlySet<string> {
    const found = new Set<string>()
    collect(this.#root, path, 1, found)
    return found
  }

  #walk(node: Node, at: number, params: number): number {
    const path = this.#path
    const slash = path.indexOf('/', at)
    const end = slash === -1 ? path.length : slash
    const child = childOf(node, path, at, end)
    if (child !== undefined) {
      const route = this.#enter(child, slash, params)
      if (route !== -1) return route
    }
    if (node.param !== undefined && end > at) {
      this.#note(params, at, end)
      const route = this.#enter(node.param, slash, params + 1)
      if (route !== -1) return route
    }
    if (node.tail === undefined || at === path.length) return -1
    this.#note(params, at, path.length)
    return routeOf(node.tail, this.#method)
  }

  #enter(node: Node, slash: number, params: number): number {
    if (slash !== -1) return this.#walk(node, slash + 1, params)
    return node.leaf === undefined ? -1 : routeOf(node.leaf, this.#method)
  }

  #note(param: number, begin: number, end: number): void {
    this.ranges[param * 2] = begin
    this.ranges[param * 2 + 1] = end
  }
}

/** The method's own route, for HEAD that of GET, else that of every method. */
function routeOf(leaf: TableLeaf, method: string): number {
  let route = -1
  let isGet = false
  for (let i = 0; i < leaf.length; i += 2) {
    const name = leaf[i]
    if (name === method) return leaf[i + 1] as number
    if (name === 'GET' && method === 'HEAD') {
      route = leaf[i + 1] as number
      isGet = true
    } else if (name === ANY_METHOD && !isGet) route = leaf[i + 1] as number
  }
  return route
}

function collect(node: Node, path: string, at: number, found: Set<string>): void {
  const slash = path.indexOf('/', at)
  const end = slash === -1 ? path.length : slash
  const child = childOf(node, path, at, end)
  for (const next of [child, end > at ? node.param : undefined]) {
    if (next === undefined) continue
    if (slash === -1) addMethods(next.leaf, found)
    else collect(next, path, slash + 1, found)
  }
  if (at < path.length) addMethods(node.tail, found)
}

function addMethods(leaf: TableLeaf | undefined, found: Set<string>): void {
  if (leaf === undefined) return
  for (let i = 0; i < leaf.length; i += 2) found.add(leaf[i] as string)
}

function childOf(node: Node, path: string, at: number, end: number): Node | undefined {
  if (node.many !== undefined) return node.many.get(path.slice(at, end))
  const { texts } = node
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i] as string
    if (text.length === end - at && path.startsWith(text, at)) return node.children[i]
  }
  return undefined
}

/** The table with its nodes linked and its segments hashed where they are many. A node's children come after it. */
function nodesOf({ nodes, leaves }: RouteTable): Node {
  const made: Node[] = []
  made.length = nodes.length
  for (let i = nodes.length - 1; i >= 0; i--) {
    const [statics, param, leaf, tail] = nodes[i] as TableNode
    const texts: string[] = []
    const children: Node[] = []
    for (let at = 0; at < statics.length; at += 2) {
      texts.push(statics[at] as string)
      children.push(made[statics[at + 1] as number] as Node)
    }
    made[i] = {
      texts,
      children,
      many: texts.length < MANY ? undefined : hashed(texts, children),
      param: param === -1 ? undefined : made[param],
      leaf: leaf === -1 ? undefined : leaves[leaf],
      tail: tail === -1 ? undefined : leaves[tail],
    }
  }
  return made[0] as Node
}

function hashed(texts: readonly string[], children: readonly Node[]): Map<string, Node> {
  return new Map(texts.map((text, i) => [text, children[i] as Node]))
}

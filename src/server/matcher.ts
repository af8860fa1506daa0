import { ANY_METHOD } from './methods.js'
import type { RouteTable, TableLeaf, TableNode } from './route-table.js'

interface Node {
  readonly statics: ReadonlyMap<string, Node>
  readonly param: Node | undefined
  readonly leaf: TableLeaf | undefined
  readonly tail: TableLeaf | undefined
}

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
    const child = node.statics.get(path.slice(at, end))
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
  const child = node.statics.get(path.slice(at, end))
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

/** The table with its nodes linked and its segments hashed. A node's children come after it. */
function nodesOf({ nodes, leaves }: RouteTable): Node {
  const made: Node[] = []
  for (let i = nodes.length - 1; i >= 0; i--) {
    const [statics, param, leaf, tail] = nodes[i] as TableNode
    const children = new Map<string, Node>()
    for (let at = 0; at < statics.length; at += 2) {
      children.set(statics[at] as string, made[statics[at + 1] as number] as Node)
    }
    made[i] = { statics: children, param: made[param], leaf: leaves[leaf], tail: leaves[tail] }
  }
  return made[0] as Node
}

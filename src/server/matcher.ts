import { ANY_METHOD } from './methods.js'
import type { RouteTable, TableLeaf, TableNode } from './route-table.js'

/** From so many static segments in one place they are found by hash: below, comparing is quicker. */
const MANY = 5

/**
 * Finds the route of a canonical path: depth first, static before param before tail at every level, back again where
 * nothing below has the method. A node is visited once per path at most, so the work is bounded by the table. It runs on the
 * table as it is; of a node with many segments they are hashed when a path first comes there.
 */
export class Matcher {
  readonly #nodes: readonly TableNode[]
  readonly #leaves: readonly TableLeaf[]
  /** Of the nodes that have many segments, by their places. */
  readonly #hashed: ReadonlyMap<string, number>[] = []
  #method = ''
  #path = ''
  /** Begin and end of each param of the route found last, in its path; what follows them is left from other branches. */
  readonly ranges: number[] = []

  constructor({ nodes, leaves }: RouteTable) {
    this.#nodes = nodes
    this.#leaves = leaves
    this.#hashed.length = nodes.length
  }

  /** The route, or -1; its params are in `ranges` until the next call. */
  find(method: string, path: string): number {
    this.#method = method
    this.#path = path
    return this.#walk(0, 1, 0)
  }

  /** Every method for which some route matches the path. */
  methods(path: string): ReadonlySet<string> {
    const found = new Set<string>()
    this.#collect(0, path, 1, found)
    return found
  }

  #walk(index: number, at: number, params: number): number {
    const node = this.#nodes[index] as TableNode
    const path = this.#path
    const slash = path.indexOf('/', at)
    const end = slash === -1 ? path.length : slash
    const child = this.#child(index, path, at, end)
    if (child !== -1) {
      const route = this.#enter(child, slash, params)
      if (route !== -1) return route
    }
    const param = node[1]
    if (param !== -1 && end > at) {
      this.#note(params, at, end)
      const route = this.#enter(param, slash, params + 1)
      if (route !== -1) return route
    }
    const tail = node[3]
    if (tail === -1 || at === path.length) return -1
    this.#note(params, at, path.length)
    return routeOf(this.#leaves[tail] as TableLeaf, this.#method)
  }

  #enter(index: number, slash: number, params: number): number {
    if (slash !== -1) return this.#walk(index, slash + 1, params)
    const leaf = (this.#nodes[index] as TableNode)[2]
    return leaf === -1 ? -1 : routeOf(this.#leaves[leaf] as TableLeaf, this.#method)
  }

  #note(param: number, begin: number, end: number): void {
    this.ranges[param * 2] = begin
    this.ranges[param * 2 + 1] = end
  }

  /** The node that a static segment leads to, or -1. */
  #child(index: number, path: string, at: number, end: number): number {
    const [statics] = this.#nodes[index] as TableNode
    if (statics.length >= MANY * 2) return this.#hash(index).get(path.slice(at, end)) ?? -1
    for (let i = 0; i < statics.length; i += 2) {
      const text = statics[i] as string
      if (text.length === end - at && path.startsWith(text, at)) return statics[i + 1] as number
    }
    return -1
  }

  #hash(index: number): ReadonlyMap<string, number> {
    return (this.#hashed[index] ??= hashOf((this.#nodes[index] as TableNode)[0]))
  }

  #collect(index: number, path: string, at: number, found: Set<string>): void {
    const node = this.#nodes[index] as TableNode
    const slash = path.indexOf('/', at)
    const end = slash === -1 ? path.length : slash
    const child = this.#child(index, path, at, end)
    for (const next of [child, end > at ? node[1] : -1]) {
      if (next === -1) continue
      if (slash === -1) this.#add((this.#nodes[next] as TableNode)[2], found)
      else this.#collect(next, path, slash + 1, found)
    }
    if (at < path.length) this.#add(node[3], found)
  }

  #add(leaf: number, found: Set<string>): void {
    const methods = this.#leaves[leaf] ?? []
    for (let i = 0; i < methods.length; i += 2) found.add(methods[i] as string)
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

function hashOf(statics: TableNode[0]): ReadonlyMap<string, number> {
  const hashed = new Map<string, number>()
  for (let i = 0; i < statics.length; i += 2) {
    hashed.set(statics[i] as string, statics[i + 1] as number)
  }
  return hashed
}

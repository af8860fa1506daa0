/**
 * Compiled routes as plain data: what a matcher runs on, whatever it is written in. It survives JSON. Indices of -1 mean
 * none. Node 0 is where the first segment of a path is looked up.
 */
export interface RouteTable {
  readonly version: 1
  readonly nodes: readonly TableNode[]
  readonly leaves: readonly TableLeaf[]
  /** Of each route, the names of its params in order. */
  readonly names: readonly (readonly string[])[]
}

export type TableNode = readonly [
  /** Static segments and the nodes they lead to, by turns. */
  statics: readonly (string | number)[],
  /** The node that any segment that is not empty leads to. */
  param: number,
  /** The leaf of a path that ends here. */
  leaf: number,
  /** The leaf of a path of which one character or more remain. */
  tail: number,
]

/** Methods and routes by turns; `'*'` stands for every method that is not named. */
export type TableLeaf = readonly (string | number)[]

/**
 * What Strata needs of an ioredis `Redis` or `Cluster` that a caller hands over, written structurally: instances of
 * ioredis 5.4+ and of 6 both fit, whichever of them this package itself depends on. Only `redis/` calls commands on it.
 */
export interface RedisClient {
  /** `'ready'` is the only status in which a caller's client is used. */
  readonly status: string
  readonly options: object
  on(event: string, listener: (...args: unknown[]) => void): unknown
  removeListener(event: string, listener: (...args: unknown[]) => void): unknown
  duplicate(...args: unknown[]): unknown
  disconnect(reconnect?: boolean): void
}

/** An argument of a command. */
export type CommandArgument = string | number | Buffer

/**
 * The commands used, with one signature each: ioredis declares dozens of overloads a command, and two major versions
 * declare different ones.
 */
export interface CommandClient extends RedisClient {
  readonly isCluster?: boolean
  mgetBuffer(keys: readonly string[]): Promise<(Buffer | null)[]>
  getBuffer(key: string): Promise<Buffer | null>
  getrangeBuffer(key: string, start: number, end: number): Promise<Buffer>
  pttl(key: string): Promise<number>
  info(section: string): Promise<string>
  call(name: string, ...args: CommandArgument[]): Promise<unknown>
  subscribe(...channels: string[]): Promise<unknown>
  set(key: string, value: string, px: 'PX', ms: number, nx: 'NX'): Promise<unknown>
  eval(lua: string, keyCount: number, ...args: CommandArgument[]): Promise<unknown>
  evalsha(sha: string, keyCount: number, ...args: CommandArgument[]): Promise<unknown>
  ping(): Promise<unknown>
  time(): Promise<readonly (string | number)[]>
  connect(): Promise<void>
  quit(): Promise<unknown>
  /** Of a Cluster only. */
  nodes?(role: 'master' | 'all'): CommandClient[]
  /** Of a single connection only. */
  asking?(): Promise<unknown>
  /** Of a single connection only; absent before the first one. */
  readonly stream?: { destroy(): void } | null
  pipeline(): CommandPipeline
}

/** Commands collected, then sent as one write; the replies come in the same order. */
export interface CommandPipeline {
  mgetBuffer(keys: readonly string[]): unknown
  getrangeBuffer(key: string, start: number, end: number): unknown
  set(key: string, value: string, px: 'PX', ms: number, nx: 'NX'): unknown
  eval(lua: string, keyCount: number, ...args: CommandArgument[]): unknown
  evalsha(sha: string, keyCount: number, ...args: CommandArgument[]): unknown
  exec(): Promise<[error: Error | null, reply: unknown][] | null>
}

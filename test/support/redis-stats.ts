import type { RedisServer } from './redis-server.js'

/** How often the server ran each command since it started (`INFO commandstats`), by lower-case name. */
export async function commandCalls(server: RedisServer): Promise<Map<string, number>> {
  const info = await server.cli('INFO', 'commandstats')
  const rows = info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)
  return new Map(Array.from(rows, ([, name = '', calls]) => [name, Number(calls)]))
}

/** Commands that the server ran while `work` was under way, without those that connections and this count make. */
export async function callsDuring(
  server: RedisServer,
  work: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const before = await commandCalls(server)
  await work()
  const after = await commandCalls(server)
  const grown = [...after].map(([name, calls]) => [name, calls - (before.get(name) ?? 0)] as const)
  return Object.fromEntries(grown.filter(([name, calls]) => calls > 0 && !NOISE.has(name)))
}

const NOISE = new Set(['info', 'ping', 'time', 'command', 'command|docs', 'config|get'])

/** Bytes that the server has sent to clients since it started. */
export async function networkOutput(server: RedisServer): Promise<number> {
  const info = await server.cli('INFO', 'stats')
  return Number(/^total_net_output_bytes:(\d+)/m.exec(info)?.[1])
}

// Asks a server in a process of its own, so that asking takes no time from answering. Started by load.ts.
import { Connection } from './connection.js'
import type { Counted, Order, Report } from './order.js'

const tell = (report: Report): void => void process.send?.(report)

process.on('message', (order: Order) => {
  run(order).then(tell, (error: unknown) => tell({ failed: String(error) }))
})
process.on('disconnect', () => process.exit())

async function run({ port, paths, connections, warm, ms, count, least }: Order): Promise<Counted> {
  const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`)
  const open = Array.from({ length: connections }, () => new Connection(port))
  try {
    await askFor(open, requests, { ms: warm, count: Infinity, least: 0 })
    tell('counting')
    return await askFor(open, requests, { ms, count, least })
  } finally {
    for (const connection of open) connection.close()
  }
}

async function askFor(
  open: readonly Connection[],
  requests: readonly string[],
  { ms, count, least }: Pick<Order, 'ms' | 'count' | 'least'>,
): Promise<Counted> {
  const latencies: number[] = []
  const cpu = process.cpuUsage()
  const begun = performance.now()
  let asked = 0
  async function ask(connection: Connection): Promise<void> {
    const isOver = (now: number) => asked >= count || (now - begun >= ms && asked >= least)
    for (let now = begun; !isOver(now);) {
      await connection.ask(requests[asked++ % requests.length]!)
      const after = performance.now()
      latencies.push(after - now)
      now = after
    }
  }
  await Promise.all(open.map(ask))
  const took = performance.now() - begun
  const { user, system } = process.cpuUsage(cpu)
  return {
    ms: took,
    latencies: Float64Array.from(latencies).sort(),
    busy: (user + system) / 1_000 / took,
  }
}

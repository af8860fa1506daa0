/** The option `redis` for one Redis, or for the masters of a Cluster. Starting many processes is not to look like an outage. */
export function redisAt(ports: readonly number[]) {
  const limits = { timeout: 5_000, connectTimeout: 20_000 }
  const [port] = ports
  if (ports.length === 1) return { url: `redis://127.0.0.1:${port}`, ...limits }
  return { cluster: { nodes: ports.map((port) => ({ host: '127.0.0.1', port })) }, ...limits }
}

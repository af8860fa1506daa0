import type { Server } from '../../src/server/index.js'

/** Asks an app; both ways give the same answers. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>

export const WAYS = ['listener', 'fetch'] as const

export async function askBy(way: (typeof WAYS)[number], app: Server): Promise<Ask> {
  if (way === 'fetch') return (path, init) => app.fetch(new Request(`http://x${path}`, init))
  const { port } = await app.listen()
  return (path, init) => fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init })
}

/** Lines of a response that say what it is, without those of the connection. */
export async function picture(response: Response): Promise<Record<string, unknown>> {
  const fields = Object.fromEntries(response.headers)
  for (const name of ['connection', 'keep-alive', 'date', 'transfer-encoding', 'content-length']) {
    delete fields[name]
  }
  return { status: response.status, ...fields, body: await response.text() }
}

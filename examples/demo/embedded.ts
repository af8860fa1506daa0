import { mkdir, rm } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import type { Database } from './database.js'
import { lockDirectory } from './directory-lock.js'

type Reply = { id: number; rows: unknown[] } | { id: number; error: Error } | { ready: string }
interface Call {
  resolve(rows: unknown[]): void
  reject(error: Error): void
}

/**
 * PGlite (PostgreSQL compiled to WebAssembly) kept in `directory`. It runs in a worker thread: a query of 100 ms on the main
 * thread would hold up every cache hit for 100 ms, which no database on the other end of a socket does.
 */
export async function openEmbedded(directory: string): Promise<Database> {
  const unlock = await lockDirectory(directory)
  await mkdir(directory, { recursive: true })
  try {
    // A directory that was killed half-written may not open any more. It holds nothing but generated rows: make it anew.
    const connection = await connect(directory).catch(async () => {
      await rm(directory, { recursive: true, force: true })
      await mkdir(directory, { recursive: true })
      return connect(directory)
    })
    return { ...connection, close: () => connection.close().finally(unlock) }
  } catch (error) {
    await unlock()
    throw error
  }
}

async function connect(directory: string): Promise<Database> {
  const worker = new Worker(new URL('./embedded-worker.mjs', import.meta.url), {
    workerData: { directory },
  })
  const calls = new Map<number, Call>()
  let lastId = 0
  const version = await new Promise<string>((resolve, reject) => {
    worker.on('message', (reply: Reply) =>
      'ready' in reply ? resolve(reply.ready) : settle(calls, reply),
    )
    worker.once('error', reject)
    worker.once('exit', () => {
      const error = new Error('the embedded database has ended')
      reject(error)
      for (const call of calls.values()) call.reject(error)
    })
  })
  const send = (message: object) =>
    new Promise<unknown[]>((resolve, reject) => {
      const id = ++lastId
      calls.set(id, { resolve, reject })
      worker.postMessage({ id, ...message })
    })
  return {
    name: `PGlite ${version} (embedded, in a worker thread)`,
    place: directory,
    query: <Row>(sql: string, parameters: readonly unknown[] = []) =>
      send({ sql, parameters }) as Promise<Row[]>,
    async close() {
      await send({ close: true }).catch(() => {})
      await worker.terminate()
    },
  }
}

function settle(calls: Map<number, Call>, reply: Exclude<Reply, { ready: string }>) {
  const call = calls.get(reply.id)
  calls.delete(reply.id)
  if ('error' in reply) call?.reject(reply.error)
  else call?.resolve(reply.rows)
}

// The other side of embedded.ts. Plain JavaScript, since Node 20 cannot start a worker thread from a TypeScript file.
// In: { id, sql, parameters } or { id, close: true }.  Out: { ready }, then { id, rows } or { id, error }.
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'

const database = await PGlite.create({ dataDir: workerData.directory })

parentPort.on('message', async ({ id, sql, parameters, close }) => {
  try {
    if (close) await database.close()
    const rows = close ? [] : (await database.query(sql, parameters)).rows
    parentPort.postMessage({ id, rows })
  } catch (error) {
    // PGlite's own error class does not survive the copy between threads.
    parentPort.postMessage({ id, error: new Error(error.message) })
  }
})

const { rows } = await database.query('show server_version')
parentPort.postMessage({ ready: rows[0].server_version })

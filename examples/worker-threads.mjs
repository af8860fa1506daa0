// Worker threads: each has a cache of its own over one Redis; one of them loads, and all hear of a delete.
//   node examples/worker-threads.mjs
// Needs a Redis: REDIS_URL, or redis://127.0.0.1:6379. Plain JavaScript, since tsx does not reach worker threads.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { createCache } from 'strata-cache'

const url = process.env.REDIS_URL || 'redis://127.0.0.1:6379'
const patience = { timeout: '1s', connectTimeout: '5s' } // for a machine that is busy
const cache = createCache({ namespace: 'workers', redis: { url, ...patience } })
const { redis, reason } = await cache.ready()
if (redis !== 'ready') {
  console.error(`no Redis: ${reason}; start one, or set REDIS_URL`)
  process.exit(1)
}
while (!cache.stats().bus.coherent) await sleep(5) // memory is trusted once others are heard

/** How often a thread has loaded: shared by all. */
const loads = isMainThread ? new Int32Array(new SharedArrayBuffer(4)) : workerData
async function report() {
  Atomics.add(loads, 0, 1)
  await sleep(100) // a slow query
  return { rows: 10 }
}

async function main() {
  await cache.delete('report') // of an earlier run
  const file = new URL(import.meta.url)
  const workers = Array.from({ length: 4 }, () => new Worker(file, { workerData: loads }))
  for (const worker of workers) worker.once('exit', (code) => code && process.exit(code))
  const askAll = async (question) => {
    for (const worker of workers) worker.postMessage(question)
    const answers = await Promise.all(workers.map((worker) => once(worker, 'message')))
    console.log(`${question} ${answers.join(', ')} (loads: ${loads[0]})`)
  }
  await askAll('100 calls in each thread:')
  console.log(`delete in the main thread: ${await cache.delete('report')}`)
  await askAll('in memory:')
  await askAll('100 calls in each thread:')
  for (const worker of workers) worker.postMessage('end')
  await cache.close()
}

async function answer(question) {
  if (question === 'in memory:') {
    while (cache.peek('report')) await sleep(1) // the news travels for a moment
    parentPort.postMessage(cache.peek('report') ?? 'nothing')
  } else if (question === 'end') {
    parentPort.close()
    await cache.close()
  } else {
    const calls = Array.from({ length: 100 }, () => cache.get('report', report))
    parentPort.postMessage((await Promise.all(calls)).length)
  }
}

if (isMainThread) await main()
else parentPort.on('message', answer)

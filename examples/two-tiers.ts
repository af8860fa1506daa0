// Two tiers: each process has a memory of its own, all share Redis, and a delete in one empties the memory of the others.
//   npx tsx examples/two-tiers.ts
// Needs a Redis: REDIS_URL, or redis://127.0.0.1:6379.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { createCache } from 'strata-cache'

const url = process.env['REDIS_URL'] || 'redis://127.0.0.1:6379'
const cache = createCache({
  namespace: 'two-tiers',
  ttl: '1m',
  jitter: 0,
  redis: { url, timeout: '1s', connectTimeout: '5s' }, // or the URL alone; patient, for a machine that is busy
})
const { redis, reason } = await cache.ready()
if (redis !== 'ready') {
  console.error(`no Redis: ${reason}; start one, or set REDIS_URL`)
  process.exit(1)
}
// Memory is trusted once the deletes of others are heard, a moment after the start; until then Redis is asked.
while (!cache.stats().bus.coherent) await sleep(5)

async function look() {
  const { tier, freshUntil = 0 } = await cache.read('post:1', () => ({ title: 'Hello' }))
  return `from ${tier}, fresh for ${Math.round((freshUntil - Date.now()) / 1_000)} s`
}

async function first() {
  await cache.delete('post:1') // of an earlier run
  console.log(`first:  ${await look()}`)
  console.log(`first:  ${await look()}`)
  await sleep(2_000)
  const other = fork(import.meta.filename, ['second'])
  other.once('exit', (code) => code && process.exit(code)) // it has said why
  const ask = async (question: string) => {
    other.send(question)
    console.log(`second: ${String((await once(other, 'message'))[0])}`)
  }
  await ask('look') // Redis has it: it is put into this memory with the time that it has left
  await ask('look')
  console.log(`first:  delete ${await cache.delete('post:1')}`)
  await ask('gone?')
  await ask('look')
  other.disconnect()
  await cache.close()
}

async function answer(question: string) {
  if (question === 'look') return process.send?.(await look())
  while (cache.peek('post:1')) await sleep(1) // peek: memory alone
  return process.send?.('gone from memory')
}
if (process.argv[2] === 'second') {
  process.on('message', (question) => void answer(String(question)))
  process.once('disconnect', () => void cache.close())
  if (!process.connected) await cache.close() // the first process is gone already
} else {
  await first()
}

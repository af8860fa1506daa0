import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DriverFactory, Driver, Row } from '../../src/checker/index.js'
import type { Case, Contestant, Sample } from '../case.js'

const CALLERS = 100
const LOAD_MS = 40

const DRIVERS = [
  'strata',
  'async-cache-dedupe',
  'bentocache',
  'cache-manager',
  'cacheable',
  'cachified',
  'layered-loader',
]

function contestant(name: string): Contestant {
  return {
    name,
    start: async ({ port }) => {
      const { createDriver } = (await import(`../history/${name}.ts`)) as {
        readonly createDriver: DriverFactory
      }
      const options = { redis: `redis://127.0.0.1:${port}`, memory: true }
      const cache = await createDriver({ process: 0, options })
      return {
        round: async (): Promise<Sample> => ({
          callers: await loadsOfMany(cache),
          overtaken: await afterDeleteDuringLoad(cache),
          changed: await afterChange(cache),
          null: await loadsOfNull(cache),
        }),
        stop: async () => void (await cache.close()),
      }
    },
  }
}

/** A row of a database of its own, whose version a delete of the key follows. */
function freshRow(): { readonly key: string; version: number; load: () => Promise<Row> } {
  const key = `probe:${randomUUID()}`
  const row = {
    key,
    version: 1,
    load: async (): Promise<Row> => {
      const { version } = row
      await sleep(LOAD_MS)
      return { key, version }
    },
  }
  return row
}

async function loadsOfMany(cache: Driver): Promise<number> {
  const { key, load } = freshRow()
  let loads = 0
  const counted = () => {
    loads++
    return load()
  }
  await Promise.all(Array.from({ length: CALLERS }, () => cache.get(key, counted, [])))
  return loads
}

async function afterDeleteDuringLoad(cache: Driver): Promise<string> {
  const row = freshRow()
  const early = cache.get(row.key, row.load, [])
  await sleep(LOAD_MS / 2)
  row.version = 2
  await cache.delete(row.key)
  await early
  return versionOf(await cache.get(row.key, row.load, []))
}

/** What a reader gets after another has changed the value that it was given. */
async function afterChange(cache: Driver): Promise<string> {
  const row = freshRow()
  await cache.get(row.key, row.load, [])
  const given = rowOf(await cache.get(row.key, row.load, []))
  if (!Reflect.set(given, 'version', 99)) return 'frozen'
  const { version } = rowOf(await cache.get(row.key, row.load, []))
  return version === 99 ? 'changed' : 'own copy'
}

async function loadsOfNull(cache: Driver): Promise<number> {
  const key = `probe:${randomUUID()}`
  let loads = 0
  const load = async () => {
    loads++
    return null as unknown as Row
  }
  for (let read = 0; read < 3; read++) await cache.get(key, load, [])
  return loads
}

/** Strata's driver tells where a row came from. */
function rowOf(value: unknown): Row {
  return (value as { readonly value?: Row }).value ?? (value as Row)
}

function versionOf(value: unknown): 'old' | 'new' {
  return rowOf(value).version === 1 ? 'old' : 'new'
}

export const benchmark: Case = {
  name: 'probes',
  title: 'What a cache does, by trying it',
  about: `Memory and Redis where there are both, set up as in bench/history. callers: loads for ${CALLERS} at once. overtaken: what is read after a delete that came during a load. changed: what others read after a reader has changed its value. null: loads for three reads of a key whose value is null.`,
  columns: [
    { key: 'callers', title: 'callers' },
    { key: 'overtaken', title: 'overtaken' },
    { key: 'changed', title: 'changed' },
    { key: 'null', title: 'null' },
  ],
  contestants: DRIVERS.map(contestant),
  rounds: { full: 3, quick: 1, warmups: 0 },
  redis: 'shared',
  isOnlyByName: true,
}

import { cp } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { node, npm, type Run } from './project.js'

const consumer = inject('consumer')
const folder = join(consumer, 'loads')
const main = join(consumer, 'node_modules/strata-cache/dist/cli/main.js')

/** What the service needs beside what a cache and a server do. */
const HEAVY = ['pino', 'yaml', 'prom-client', 'ioredis']

beforeAll(async () => {
  await cp(join(import.meta.dirname, 'fixtures/loads'), folder, { recursive: true })
})

describe('the program strata', () => {
  test.each(['strata', 'strata-cache'])('is there as %s', async (name) => {
    expect(await npm(consumer, 'exec', '--', name, '--version')).toBe(`${manifest.version}\n`)
  })

  test('loads what a command needs, and not what others do', async () => {
    expect(await heavyOf(main, '--version')).toEqual([])
    expect(await heavyOf(main, 'get', '--help')).toEqual([])
    expect(await heavyOf(main, 'check')).toEqual(['yaml'])
  })
})

describe('strata-cache/service', () => {
  test('loads pino and prom-client, and Redis only where it is asked for', async () => {
    expect(await heavyOf(join(folder, 'service.mjs'))).toEqual(['pino', 'prom-client'])
  })
})

async function heavyOf(...args: readonly string[]): Promise<readonly string[]> {
  const trace = pathToFileURL(join(folder, 'trace.mjs')).href
  const result: Run = await node(folder, '--import', trace, ...args)
  expect(result).toMatchObject({ status: 0, stderr: '' })
  const files = JSON.parse(result.stdout.slice(result.stdout.lastIndexOf('\n'))) as string[]
  return HEAVY.filter((name) =>
    files.some((file) => file.includes(`${sep}node_modules${sep}${name}${sep}`)),
  )
}

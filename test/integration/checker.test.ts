import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeRedis, type RedisServer, startRedis } from '../support/redis-server.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))

describeRedis('the example of docs/checker.md', () => {
  let server: RedisServer
  let folder: string

  beforeAll(async () => {
    server = await startRedis()
    // below the project: its own package is found from here by name
    mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
    folder = mkdtempSync(join(root, 'node_modules/.cache/strata-checker-'))
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await server.close()
  })

  it('finds its driver wrong', async () => {
    const doc = readFileSync(join(root, 'docs/checker.md'), 'utf8')
    const [driver = '', main = ''] = [...doc.matchAll(/```ts\n(import [\s\S]*?)```/g)].map(
      (match) => match[1]?.replaceAll("'strata-cache/checker'", `'${root}dist/checker/index.js'`),
    )
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(folder, 'my-driver.ts'), driver)
    writeFileSync(join(folder, 'check.ts'), main.replace('redis://127.0.0.1:6379', server.url))
    const { stdout } = await run(process.execPath, ['--import', 'tsx', join(folder, 'check.ts')], {
      cwd: root,
      timeout: 40_000,
    })
    expect(stdout).toMatch(/stale reads +[1-9]/)
    expect(stdout).toContain('my-driver broke its contract (seed ')
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('wrong')
  })
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type ExampleProgram, isGone, outputOf, startExample } from '../support/example-program.js'

const data = mkdtempSync(join(tmpdir(), 'strata-demo-test-'))
const running = new Set<ExampleProgram>()

afterEach(() => {
  for (const demo of running) demo.process.kill('SIGKILL')
  running.clear()
})
afterAll(() => rmSync(data, { recursive: true, force: true }))

/** The demo with few rows, an embedded database in a directory of this test's, and a Redis of its own if there is one. */
function startDemo(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ExampleProgram {
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...rest } = process.env
  const demo = startExample('examples/demo/main.ts', args, {
    ...rest,
    STRATA_DEMO_ROWS: '2000',
    STRATA_DEMO_DATA: data,
    PORT: '0',
    ...env,
  })
  running.add(demo)
  return demo
}

const redisPidOf = (output: string): number | undefined => {
  const pid = /a child process, pid (\d+)/.exec(output)?.[1]
  return pid === undefined ? undefined : Number(pid)
}

describe('demo', () => {
  it(
    '--once makes its rows, prints the costs, freezes its Redis and ends',
    { timeout: 120_000 },
    async () => {
      const demo = startDemo(['--once'])
      expect(await demo.ended, demo.output()).toBe(0)
      const output = demo.output()
      expect(output).toMatch(/^making 2000 posts, 6000 comments, 20 authors: done in /m)
      for (const route of ['/popular', '/posts/:id', '/dashboard']) {
        expect(output.match(new RegExp(`^GET ${route} .* x$`, 'gm'))).toHaveLength(2)
      }
      const pid = redisPidOf(output)
      if (pid === undefined) {
        expect(output).toContain('so there is L1 only')
        return
      }
      expect(output).toContain('95/4/1 mix')
      // no request failed in any phase
      for (const phase of ['before', 'Redis frozen', 'after']) {
        expect(output).toMatch(new RegExp(`^${phase} +\\d+ +0 `, 'm'))
      }
      expect(output).toMatch(/^Redis: recovered .* after SIGCONT$/m)
      expect(await isGone(pid)).toBe(true)
    },
  )

  it(
    'stays up with a page and its numbers until SIGTERM, and leaves nothing behind',
    { timeout: 120_000 },
    async () => {
      const demo = startDemo([])
      const [, url = ''] = await outputOf(demo, /^(http:\/\/127\.0\.0\.1:\d+)/m)

      const page = await fetch(url)
      expect(page.headers.get('content-type')).toContain('text/html')
      expect(await page.text()).not.toMatch(/(src|href)="http/)

      const post = await fetch(`${url}/posts/1`)
      expect(post.headers.get('server-timing')).toMatch(/^data;dur=/)
      expect(await post.json()).toMatchObject({
        id: 1,
        author: expect.any(String),
        comments: expect.any(Array),
      })
      expect((await fetch(`${url}/posts/999999`)).status).toBe(404)

      const totalOf = async () => {
        const stats = (await (await fetch(`${url}/stats`)).json()) as {
          totals: Record<string, number>
        }
        return Object.values(stats.totals).reduce((sum, count) => sum + count, 0)
      }
      const before = await totalOf()
      await expect.poll(totalOf, { timeout: 10_000 }).toBeGreaterThan(before + 100)

      demo.process.kill('SIGTERM')
      expect(await demo.ended, demo.output()).toBe(0)
      const pid = redisPidOf(demo.output())
      if (pid !== undefined) expect(await isGone(pid)).toBe(true)
    },
  )

  it('takes its Redis with it when it is killed', { timeout: 60_000 }, async () => {
    const demo = startDemo([])
    await outputOf(demo, /^Redis {5}/m)
    demo.process.kill('SIGKILL')
    await demo.ended
    const pid = redisPidOf(demo.output())
    if (pid !== undefined) expect(await isGone(pid)).toBe(true)
  })

  it('names an unknown argument', async () => {
    const demo = startDemo(['--twice'])
    expect(await demo.ended).toBe(1)
    expect(demo.output()).toContain('unknown argument --twice')
  })
})

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { freePort, until } from '../../support/redis-server.js'
import { fromSource, root } from './from-source.js'
import { readDoc } from './tables.js'

/** The way of a newcomer, as README.md describes it: each of its programs is started, and asked what its `curl` lines ask. */

const text = readDoc('../README.md')
const programs = blocks('js').map((code) => ({
  name: /from '(strata-cache\/(?!telemetry)\w+)'/.exec(code)?.[1] ?? '',
  code,
}))
const asked = (blocks('sh').find((block) => block.startsWith('curl -i')) ?? '')
  .trim()
  .split('\n')
  .map(parseCurl)

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string | undefined
  /** What stands in its answer, as its comment says. */
  readonly told: string | undefined
}

let folder: string
let child: ChildProcess | undefined

afterEach(async () => {
  if (child !== undefined && child.exitCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(folder, { recursive: true, force: true })
})

it('README.md has a program for each way and lines that ask it', () => {
  folder = ''
  expect(programs.map(({ name }) => name)).toEqual(['strata-cache/server', 'strata-cache/express'])
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /posts/1',
    'GET /posts/1',
    'PUT /posts/1',
    'GET /posts/1',
    'GET /metrics',
  ])
})

it('README.md imports what the entry that it names exports', () => {
  folder = ''
  const said = text.matchAll(
    /^import \{ (?<names>[^}]+) \} from 'strata-cache\/?(?<entry>[^']*)'(?<rest>.*)$/gm,
  )
  const imports = [...said].flatMap(({ groups: { names = '', entry = '', rest = '' } = {} }) =>
    [{ entry, names: names.split(', ') }].concat(alsoImported(rest, names)),
  )
  expect(imports.map(({ entry }) => entry)).toEqual(expect.arrayContaining(['koa', 'fastify']))
  for (const { entry, names } of imports) {
    const source = fromSource(`'strata-cache${entry && `/${entry}`}'`).slice(1, -1)
    const code = readFileSync(source, 'utf8')
    for (const name of names) {
      const exported = `^export (?:(?:function|const|class) ${name}\\b|\\{[^}]*\\b${name}\\b)`
      expect(code, entry).toMatch(new RegExp(exported, 'm'))
    }
  }
})

it.each(programs)('the program with $name answers as README.md says', async ({ code }) => {
  const port = await freePort()
  await start(code, port)
  for (const { told, ...request } of asked) {
    let seen = ''
    // hits that are answered natively are counted about once a second
    await until(async () => {
      seen = await answerTo(port, request)
      return told === undefined || seen.includes(told) || request.path !== '/metrics'
    })
    if (told !== undefined) expect(seen).toContain(told)
  }
})

/** ` // or /hono, /koa; on Fastify a plugin: strataCache from /fastify` */
function alsoImported(comment: string, same: string): { entry: string; names: string[] }[] {
  return [...comment.matchAll(/(?:(\w+) from )?\/([a-z]+)/g)].map(([, name, entry = '']) => ({
    entry,
    names: name === undefined ? same.split(', ') : [name],
  }))
}

async function start(code: string, port: number): Promise<void> {
  // below node_modules: packages are found from here, and no other tool looks
  const parent = join(root, 'node_modules/.cache')
  mkdirSync(parent, { recursive: true })
  folder = mkdtempSync(join(parent, 'strata-readme-'))
  const file = join(folder, 'shop.mjs')
  writeFileSync(file, fromSource(code).replaceAll('3000', String(port)))
  const env = { ...process.env, REDIS_URL: '' } // empty is as good as not set
  child = spawn(process.execPath, ['--import', 'tsx', file], { cwd: root, env })
  let out = ''
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (out += chunk.toString()))
  await until(() => {
    if (child?.exitCode !== null) throw new Error(`it ended: ${out}`)
    return out.includes(`http://127.0.0.1:${port}`)
  }, 15_000)
}

/** Fields and body, as `curl -i` shows them. */
async function answerTo(port: number, asks: Omit<Asked, 'told'>): Promise<string> {
  const { path, method, headers, body } = asks
  const init = body === undefined ? { method, headers } : { method, headers, body }
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, init)
  expect(answer.ok).toBe(true)
  const fields = [...answer.headers].map(([name, value]) => `${name}: ${value}\n`)
  return `${fields.join('')}\n${await answer.text()}`
}

function parseCurl(line: string): Asked {
  const [, name = '', value = ''] = /-H '([^:]+): ([^']+)'/.exec(line) ?? []
  return {
    method: /-X (\w+)/.exec(line)?.[1] ?? 'GET',
    path: /127\.0\.0\.1:3000(\S+)/.exec(line)?.[1] ?? '',
    headers: name === '' ? {} : { [name]: value },
    body: /-d '([^']+)'/.exec(line)?.[1],
    told: / # (.*)$/.exec(line)?.[1],
  }
}

function blocks(language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, code = '']) => code,
  )
}

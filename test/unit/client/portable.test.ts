import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build, type Rollup } from 'vite'
import { expect, it } from 'vitest'
import type { createClient } from '../../../src/client/index.js'
import { missing, scriptedService } from '../../support/scripted-service.js'

/** What browsers, Deno, Bun and Node have alike. `process`, `Buffer`, `require` are not among it. */
const WEB = {
  AbortController,
  AbortSignal,
  Headers,
  TextDecoder,
  TextEncoder,
  URL,
  atob,
  btoa,
  clearTimeout,
  console,
  performance,
  setTimeout,
}

/** The client as one script that sets `strata`; what it imports is in there, or named in `imports`. */
async function bundle(): Promise<{ code: string; imports: readonly string[]; files: string[] }> {
  const entry = fileURLToPath(new URL('../../../src/client/index.ts', import.meta.url))
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: false,
      lib: { entry, formats: ['iife'], name: 'strata' },
      rollupOptions: { external: (id) => id.startsWith('node:') },
    },
  })
  const [first] = (Array.isArray(result) ? result : [result]) as Rollup.RollupOutput[]
  const chunk = first?.output[0]
  if (chunk?.type !== 'chunk') throw new Error('no chunk')
  return { code: chunk.code, imports: chunk.imports, files: chunk.moduleIds }
}

it('the client runs where there is nothing of Node, and imports nothing', async () => {
  const { code, imports, files } = await bundle()
  expect(imports).toEqual([])
  expect(files.filter((file) => !/\/src\/(client\/|errors\.|entry\/)/.test(file))).toEqual([])

  const { fetch, seen } = scriptedService(({ method }) =>
    method === 'GET'
      ? missing({ 'strata-lease': 't; ttl=5' })
      : new Response(null, { status: 204 }),
  )
  const realm = createContext({ ...WEB, fetch })
  runInContext(code, realm)
  const create = runInContext('strata.createClient', realm) as typeof createClient
  const client = create(runInContext('({ namespace: "shop" })', realm) as { namespace: string })
  expect(await client.getOrLoad('k', () => 'loaded')).toBe('loaded')
  expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /v1/shop/k?lease=5000ms&wait=2000ms',
    'PUT /v1/shop/k',
  ])
})

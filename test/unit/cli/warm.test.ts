import { afterEach, expect, it, vi } from 'vitest'
import { runStrata } from '../../support/run-strata.js'
import { missing, problem, scriptedService } from '../../support/scripted-service.js'

afterEach(() => {
  vi.unstubAllGlobals()
})

it('counts what became of each line, and says why the first failed', async () => {
  const { fetch } = scriptedService(({ path }) => {
    if (path.startsWith('/v1/')) return path.endsWith('b') ? problem(403, 'forbidden') : missing()
    return new Response('', { status: path === '/bad' ? 404 : 200 })
  })
  vi.stubGlobal('fetch', fetch)
  const stdin = '/good\n/bad\na\nb\n'
  const { code, stdout, stderr } = await runStrata(['warm', '-', '--concurrency', '1'], { stdin })
  expect(code).toBe(1)
  expect(stdout).toMatch(/^warmed 1, not there 1, failed 2, in /)
  expect(stderr).toBe('strata: the first that failed: "/bad", answered 404\n')
})

it('says nothing more where nothing failed', async () => {
  vi.stubGlobal('fetch', scriptedService(() => missing()).fetch)
  expect(await runStrata(['warm', '-'], { stdin: 'a\n' })).toMatchObject({ code: 0, stderr: '' })
})

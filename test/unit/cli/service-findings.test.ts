import { afterEach, expect, it, vi } from 'vitest'
import { serviceFindings } from '../../../src/cli/service-findings.js'
import { missing, problem, scriptedService } from '../../support/scripted-service.js'

afterEach(() => {
  vi.unstubAllGlobals()
})

const target = {
  kind: 'service' as const,
  url: 'http://127.0.0.1:7450',
  adminUrl: 'http://127.0.0.1:7451',
  namespace: 'default',
  token: undefined,
}

it.each([
  [
    'a service without the key',
    () => missing(),
    'ok',
    /^http:\/\/127\.0\.0\.1:7450 answers, [\d.]+ ms$/,
  ],
  [
    'a service without the namespace',
    () => problem(404, 'not-found'),
    'ok',
    /answers, .* ms; it has no namespace 'default'$/,
  ],
  ['a service that wants a token', () => problem(401, 'unauthorized'), 'fail', /401/],
  ['another program', () => new Response('hello', { status: 404 }), 'fail', /no Strata service/],
])('%s', async (_, answer, verdict, says) => {
  vi.stubGlobal('fetch', scriptedService(answer).fetch)
  const [data] = await serviceFindings(target)
  expect(data).toMatchObject({ what: 'service', verdict, says: expect.stringMatching(says) })
})

import { expect, it } from 'vitest'
import { withListenAdvice } from '../../../src/cli/listen-advice.js'

it.each([
  [
    'data: cannot listen on 127.0.0.1:7450: something listens there already (EADDRINUSE)',
    /^data: .* \(EADDRINUSE\); perhaps another strata serve; .*--port and --admin-port/,
  ],
  ['data: 10.9.9.9:7450: EADDRNOTAVAIL', /; see --host/],
  ['data: 127.0.0.1:80: EACCES', /; take another/],
  ['admin: nowhere:7451: ENOTFOUND', /; see --host/],
  ['it was closed', /^it was closed$/],
])('%s', (message, said) => {
  expect(withListenAdvice(message)).toMatch(said)
})

import { expect, it } from 'vitest'
import { withListenAdvice } from '../../../src/cli/listen-advice.js'

it.each([
  [
    'data: 127.0.0.1:7450: EADDRINUSE',
    /^data: 127.0.0.1:7450: EADDRINUSE; .*--port and --admin-port/,
  ],
  ['data: 10.9.9.9:7450: EADDRNOTAVAIL', /; that is no address of this machine/],
  ['data: 127.0.0.1:80: EACCES', /; a port below 1024/],
  ['admin: nowhere:7451: ENOTFOUND', /; there is no host of this name/],
  ['it was closed', /^it was closed$/],
])('%s', (message, said) => {
  expect(withListenAdvice(message)).toMatch(said)
})

// A program of the guide whose network breaks under it: no server has such a port.
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDelayProxy } from '../../examples/guide/network/delay-proxy.js'
import { runProgram } from '../../examples/guide/program.js'

await runProgram(async ({ terminal, teardown, fail }) => {
  teardown.add(() => terminal.say('torn down'))
  const options = { port: 70_000, delay: 1, onBroken: fail }
  const { url } = await openDelayProxy('redis://127.0.0.1', options)
  connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
  await sleep(30_000)
})

import { setTimeout as pause } from 'node:timers/promises'
import type { StatsView } from '../service/dashboard/stats-view.js'
import { askAdmin } from './ask-admin.js'
import type { Command } from './command.js'
import { durationFlag } from './duration-flag.js'
import { printJson } from './print-json.js'
import { JSON_FLAG, SERVICE_FLAGS, serviceOf } from './target.js'
import { topFrame } from './top-frame.js'

/** To the upper left corner, and nothing below. */
const CLEAR = '\u001b[H\u001b[2J'

export const top: Command = {
  name: 'top',
  summary: 'Watch a service: reads, hit ratio, latency, hottest keys, slowest loads',
  flags: [
    { name: 'interval', value: 'DURATION', help: 'between two looks, 200ms .. 1m (default: 1s)' },
    { name: 'once', help: 'one look, then end; the default where there is no terminal' },
    ...SERVICE_FLAGS,
    JSON_FLAG,
  ],
  details: `
Ends with Ctrl-C. The same as the dashboard at the admin listener, which shows more. With --json a line for each look.

  strata top --interval 5s

Exit codes: 0 looked once, 3 the service is gone.`,
  async run(args, { stdout, env }) {
    const interval = durationFlag(args, 'interval', 1_000, { min: 200, max: 60_000 })
    const isTerminal = (stdout as { isTTY?: boolean }).isTTY === true
    const isJson = args.flag('json') === true
    const isOnce = args.flag('once') ?? (!isTerminal && !isJson)
    const target = serviceOf(args, env)
    const look = async (): Promise<StatsView> => (await askAdmin(target, '/stats')) as StatsView
    let before = await look()
    for (;;) {
      await pause(interval)
      const now = await look()
      if (isJson) printJson(stdout, now)
      else stdout.write((isTerminal && !isOnce ? CLEAR : '') + topFrame(before, now))
      if (isOnce) return 0
      before = now
    }
  },
}

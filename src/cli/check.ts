import { inForce } from '../service/in-force.js'
import { settingFlags } from '../service/config-flags.js'
import type { Command } from './command.js'
import { Failure } from './failure.js'
import { readConfiguration } from './read-configuration.js'
import { table } from './table.js'

export const check: Command = {
  name: 'check',
  summary: 'Show the settings that strata serve would go by, and where each was said',
  flags: [...settingFlags(), { name: 'json', help: 'as JSON' }],
  details:
    'Exit codes: 0 it would start, 2 something is wrong. Passwords and tokens are not shown.',
  async run(args, io) {
    const { configuration, faults } = await readConfiguration(args, io)
    if (configuration === undefined) {
      if (args.flag('json') !== true) throw new Failure(2, faults.join('\nstrata: '))
      io.stdout.write(`${JSON.stringify({ faults }, undefined, 2)}\n`)
      return 2
    }
    const { settings, warnings } = inForce(configuration)
    if (args.flag('json') === true) {
      const byName = Object.fromEntries(settings.map(({ name, ...rest }) => [name, rest]))
      io.stdout.write(`${JSON.stringify({ settings: byName, warnings }, undefined, 2)}\n`)
      return 0
    }
    const rows = settings.map(({ name, value, from }) => [name, textOf(value), from])
    io.stdout.write(table(['setting', 'value', 'from'], rows))
    for (const warning of warnings) io.stderr.write(`warning: ${warning}\n`)
    return 0
  },
}

function textOf(value: unknown): string {
  if (value === null) return '-'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

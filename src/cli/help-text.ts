import { COMMON } from './parse-arguments.js'
import type { Command, Flag } from './command.js'

/** What `strata NAME --help` shows. */
export function helpOf(command: Command): string {
  const { name, summary, usage, flags, details } = command
  const parts = [
    `${summary}\n`,
    `Usage: strata ${name}${flags.length > 0 ? ' [flags]' : ''}${usage === undefined ? '' : ` ${usage}`}\n`,
    `Flags:\n${columns([...flags, ...COMMON].map((flag) => [nameOf(flag), flag.help]))}`,
    ...(details === undefined ? [] : [`${details.replace(/^\n+/, '').trimEnd()}\n`]),
  ]
  return parts.join('\n')
}

/** What `strata help` shows. */
export function overviewOf(commands: readonly Command[]): string {
  return `Strata: a cache in two tiers, memory then Redis.

Usage: strata COMMAND [flags] [arguments]

Commands:
${columns(commands.map(({ name, summary }) => [name, summary]))}
strata COMMAND --help   tells of one command
strata --version        tells which version this is

Exit codes: 0 done, 1 not found or failed, 2 usage, 3 no connection, 4 refused.
`
}

function nameOf({ name, short, value }: Flag): string {
  const names = `${short === undefined ? '    ' : `-${short}, `}--${name}`
  return value === undefined ? names : `${names} ${value}`
}

function columns(rows: readonly (readonly [left: string, right: string])[]): string {
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('')
}

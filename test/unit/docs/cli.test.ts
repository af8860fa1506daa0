import { describe, expect, it } from 'vitest'
import { COMMAND_NAMES, commandOf } from '../../../src/cli/commands.js'
import { helpOf } from '../../../src/cli/help-text.js'
import { TARGET_FLAGS } from '../../../src/cli/target.js'
import { codes, readDoc, rowsUnder } from './tables.js'

const doc = readDoc('cli.md')
const commands = await Promise.all(COMMAND_NAMES.map(commandOf))

/** Their flags are the settings of the service, which have a page of their own. */
const ELSEWHERE: ReadonlySet<string> = new Set(['serve', 'check'])

/** The flags of the table in the section of this title. */
function flagsUnder(title: string): string[] {
  const start = doc.indexOf(`\n## ${title}\n`)
  expect(start, title).toBeGreaterThan(0)
  const end = doc.indexOf('\n## ', start + 1)
  const section = doc.slice(start, end === -1 ? undefined : end)
  if (!section.includes('| Flag |')) return []
  return rowsUnder(section, 'Flag').flatMap(([flag = '']) => codes(flag).map((one) => one.slice(2)))
}

describe('docs/cli.md', () => {
  it('has every command', () => {
    const documented = rowsUnder(doc, 'Command').map(([name = '']) => codes(name)[0])
    expect(documented).toEqual(COMMAND_NAMES)
  })

  it('has the flags of those that read or write', () => {
    expect(flagsUnder('Where')).toEqual(TARGET_FLAGS.map(({ name }) => name))
  })

  it.each(commands.filter(({ name }) => !ELSEWHERE.has(name)))(
    'has the flags of $name',
    (command) => {
      const isUsual = TARGET_FLAGS.every((flag) => command.flags.includes(flag))
      const own = command.flags.filter((flag) => !isUsual || !TARGET_FLAGS.includes(flag))
      expect(flagsUnder(command.name)).toEqual(own.map(({ name }) => name))
    },
  )

  it('has every exit code', () => {
    const documented = rowsUnder(doc, 'Code').map(([code = '']) => Number(codes(code)[0]))
    expect(documented).toEqual([0, 1, 2, 3, 4])
  })
})

describe('help', () => {
  it.each(commands)('of $name is a line each for what it does and for its flags', (command) => {
    expect(command.summary).toMatch(/^[A-Z].{8,85}[^.]$/)
    for (const { name, help } of command.flags) {
      expect(help, name).not.toMatch(/\n|\.$/)
    }
  })
})

it('help keeps the indentation of the examples that it begins with', async () => {
  expect(helpOf(await commandOf('completion'))).toContain('\n  source <(strata completion bash)')
})

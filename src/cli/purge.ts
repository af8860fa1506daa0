import type { Command } from './command.js'
import { Failure } from './failure.js'
import { QUEUED_NOTE } from './place.js'
import { printJson } from './print-json.js'
import { TARGET_FLAGS } from './target.js'
import { withPlace } from './with-place.js'

export const purge: Command = {
  name: 'purge',
  summary: 'Make values unusable by tag, by key, or all of a namespace',
  flags: [
    { name: 'tag', value: 'TAG', help: 'everything with this tag; may be repeated' },
    { name: 'key', value: 'KEY', help: 'this key; may be repeated' },
    { name: 'all', help: 'the whole namespace' },
    { name: 'soft', help: 'make it stale: it may still be served while a load makes a new value' },
    ...TARGET_FLAGS,
  ],
  details: `
Once it is done no process serves the old values, nor stores one whose load had begun before.

  strata purge -n shop --tag posts --tag author:7
  strata purge -n shop --all

Exit codes: 0 done, 2 nothing was named.`,
  async run(args, io) {
    const [tags, keys] = [args.texts('tag'), args.texts('key')]
    const all = args.flag('all') === true
    const soft = args.flag('soft') === true
    if (!all && tags.length === 0 && keys.length === 0) {
      throw new Failure(2, 'what is to be purged: --tag, --key or --all', 'purge')
    }
    return withPlace(args, io, async (place) => {
      const result = await place.purge({ tags, keys, all, soft })
      if (args.flag('json') === true) printJson(io.stdout, { result })
      else
        io.stdout.write(
          `purged ${whatOf(tags, keys, all)} in ${place.name}${QUEUED_NOTE[result]}\n`,
        )
      return 0
    })
  },
}

function whatOf(tags: readonly string[], keys: readonly string[], all: boolean): string {
  if (all) return 'everything'
  const parts = [count(tags.length, 'tag'), count(keys.length, 'key')]
  return parts.filter((part) => part !== '').join(' and ')
}

function count(n: number, what: string): string {
  return n === 0 ? '' : `${n} ${what}${n === 1 ? '' : 's'}`
}

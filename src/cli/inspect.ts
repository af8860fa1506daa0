import type { KeyInspection } from '../service/inspect-key.js'
import { byteSize } from './byte-size.js'
import type { Command } from './command.js'
import { lifetime, outcomeOf } from './explain-key.js'
import { printJson } from './print-json.js'
import { rows } from './rows.js'
import { TARGET_FLAGS } from './target.js'
import { withPlace } from './with-place.js'

export const inspect: Command = {
  name: 'inspect',
  summary: 'Show where a key lives: tiers, tags, what is left of its life, its value',
  usage: 'KEY',
  arguments: { min: 1, max: 1 },
  flags: TARGET_FLAGS,
  details: `
Nothing is changed by it. 'strata explain KEY' tells the same as the steps of a read.

Exit codes: 0 something is there, in whatever state, 1 nothing is.`,
  async run(args, io) {
    const [key = ''] = args.positionals
    return withPlace(args, io, async (place) => {
      const seen = await place.inspect(key)
      if (args.flag('json') === true) printJson(io.stdout, seen)
      else io.stdout.write(rows(linesOf(seen)))
      return isThere(seen) ? 0 : 1
    })
  },
}

function isThere({ memory, redis }: KeyInspection): boolean {
  return memory !== undefined || redis?.kind === 'value'
}

type Row = readonly [label: string, text: string]

function linesOf(seen: KeyInspection): readonly Row[] {
  const { key, namespace, redisKey, value, why } = seen
  return [
    ['key', key],
    ['namespace', namespace],
    ['a get', outcomeOf(seen)],
    ['memory', memoryText(seen)],
    ['redis', redisText(seen)],
    ...(redisKey === undefined ? [] : [['redis key', redisKey] as const]),
    ...tagsRow(seen),
    ...(value === undefined
      ? []
      : [
          [
            'value',
            `${value.type}, ${sizeOf(seen)}\n${value.preview}${value.cut ? ' ...' : ''}`,
          ] as const,
        ]),
    ...(why.length === 0 ? [] : [['why', why.join('\n')] as const]),
  ]
}

function memoryText({ memory, at }: KeyInspection): string {
  return memory === undefined ? 'nothing there' : `${memory.standing}: ${lifetime(memory, at)}`
}

function redisText({ redis, at }: KeyInspection): string {
  if (redis === undefined) return 'there is none'
  if (redis.kind === 'unavailable') return `no answer (${redis.reason}): ${redis.message}`
  if (redis.kind !== 'value')
    return redis.kind === 'absent' ? 'nothing there' : `no value (${redis.kind})`
  const { record, bytes, standing } = redis
  return `${standing}: ${lifetime(redis, at)}; ${record.head}, ${byteSize(bytes)}`
}

function tagsRow({ memory, redis }: KeyInspection): readonly Row[] {
  const versions = redis?.kind === 'value' ? redis.versions : []
  const tags = memory?.tags ?? versions.filter(({ kind }) => kind === 'tag').map(({ name }) => name)
  return tags.length === 0 ? [] : [['tags', tags.join(', ')]]
}

/** Of bytes in Redis, or what memory counts it with. */
function sizeOf({ redis, value }: KeyInspection): string {
  const size = byteSize(value?.bytes ?? 0)
  return redis?.kind === 'value' ? size : `about ${size} of memory`
}

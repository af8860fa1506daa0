import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import {
  CHECK_DEFAULTS,
  checkHistory,
  CheckOptionError,
  type CheckOptions,
} from '../../../src/checker/index.js'
import { settingsOf } from '../../../src/checker/settings.js'

const driver = './driver.js'

function optionRefused(options: object): string {
  try {
    settingsOf({ driver, ...options })
  } catch (error) {
    if (error instanceof CheckOptionError) return error.option
    throw error
  }
  return 'none'
}

describe('options of a check', () => {
  it('are complete without any but the driver', () => {
    const { database, ...rest } = CHECK_DEFAULTS
    expect(settingsOf({ driver })).toMatchObject({
      ...rest,
      ...database,
      driver: pathToFileURL('driver.js').href,
      name: 'driver',
      driverOptions: {},
      faults: [],
      operations: Number.POSITIVE_INFINITY,
    })
  })

  it.each<[title: string, options: Partial<CheckOptions>, expected: object]>([
    [
      'operations alone have no time',
      { operations: 5 },
      { operations: 5, duration: Number.POSITIVE_INFINITY },
    ],
    ['operations within a time', { operations: 5, duration: 9 }, { operations: 5, duration: 9 }],
    [
      'the driver as a URL',
      { driver: new URL('file:///a/b.ts') },
      { driver: 'file:///a/b.ts', name: 'b' },
    ],
    ['the driver as the text of a URL', { driver: 'file:///a/b.ts' }, { driver: 'file:///a/b.ts' }],
    ['no more tags than keys by default', { keys: 2 }, { keys: 2, tags: 2 }],
    ['a seed', { seed: 0 }, { seed: 0 }],
  ])('%s', (_, options, expected) => {
    expect(settingsOf({ driver, ...options })).toMatchObject(expected)
  })

  it.each<[option: string, bad: object]>([
    ['driver', { driver: undefined }],
    ['driver', { driver: '' }],
    ['driver', { driver: () => undefined }],
    ['driverOptions', { driverOptions: [] }],
    ['driverOptions', { driverOptions: 1 }],
    ['processes', { processes: 0 }],
    ['processes', { processes: 65 }],
    ['processes', { processes: 1.5 }],
    ['processes', { processes: '4' }],
    ['clients', { clients: 0 }],
    ['duration', { duration: 0 }],
    ['duration', { duration: Number.POSITIVE_INFINITY }],
    ['operations', { operations: 0 }],
    ['keys', { keys: 0 }],
    ['tags', { keys: 3, tags: 4 }],
    ['tags', { tags: -1 }],
    ['writeShare', { writeShare: 0 }],
    ['writeShare', { writeShare: 1.01 }],
    ['pause', { pause: -1 }],
    ['seed', { seed: 2 ** 32 }],
    ['seed', { seed: Number.NaN }],
    ['maxStaleness', { maxStaleness: -1 }],
    ['rest', { rest: 60_001 }],
    ['operationTimeout', { operationTimeout: 9 }],
    ['database', { database: null }],
    ['database.maxLatency', { database: { maxLatency: -1 } }],
    ['database.minLatency', { database: { minLatency: 31 } }],
    ['database.latency', { database: { latency: 1 } }],
    ['faults', { faults: 1 }],
    ['faults[0]', { faults: [{ do: () => undefined }] }],
    [
      'faults[1]',
      {
        faults: [
          { at: 1, do: () => undefined },
          { at: 1, every: 1, do: () => undefined },
        ],
      },
    ],
    ['faults[0].at', { faults: [{ at: -1, do: () => undefined }] }],
    ['faults[0].every', { faults: [{ every: 0, do: () => undefined }] }],
    ['faults[0].do', { faults: [{ every: 5 }] }],
    ['onProgress', { onProgress: true }],
    ['directory', { directory: 1 }],
    ['execArgv', { execArgv: 'x' }],
    ['name', { name: 1 }],
    ['process', { process: 4 }],
  ])('%s is refused: %j', (option, bad) => {
    expect(optionRefused(bad)).toBe(option)
  })

  it('that are bad reject before anything is started', async () => {
    await expect(checkHistory({ driver, processes: 0 })).rejects.toThrow(
      'processes: got 0, allowed: a whole number, 1 .. 64',
    )
  })

  it('that are not an object are refused', async () => {
    await expect(checkHistory(null as never)).rejects.toThrow(
      'options: got null, allowed: an object',
    )
  })
})

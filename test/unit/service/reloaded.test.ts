import { describe, expect, it } from 'vitest'
import { readOptions } from '../../../src/service/read-options.js'
import { reloadedFrom } from '../../../src/service/reloaded.js'
import type { ServiceOptions } from '../../../src/service/service-options.js'
import { SETTING_NAMES } from '../../../src/service/setting-table.js'
import { codes, readDoc } from '../docs/tables.js'

const TOKENS = [{ token: 'x'.repeat(16), scopes: ['read'] as const }]
const OTHERS = [{ token: 'y'.repeat(16), scopes: ['read'] as const }]

/** Another value for each setting. */
const OTHER: ServiceOptions = {
  host: '127.0.0.2',
  port: 1,
  adminHost: '127.0.0.2',
  adminPort: 1,
  redis: 'redis://h',
  namespace: 'other',
  tokens: TOKENS,
  maxValue: '1mb',
  maxKey: 10,
  maxBatch: 10,
  ttl: '1m',
  grace: '1m',
  quota: { bytes: '1mb', entries: 10 },
  memory: { maxEntries: 10, maxBytes: '1mb' },
  responseBytes: '1mb',
  native: false,
  hosts: ['a'],
  allowPublic: true,
  maxNamespaces: 10,
  otherNamespaces: false,
  namespaces: { shop: { ttl: '1m' } },
  origin: 'http://a',
  proxy: { trust: true },
  rules: { '/a': true },
  logLevel: 'warn',
  limits: { headerBytes: '1kb', headerFields: 10, connections: 10 },
  timeouts: { header: 1e3, idle: 1e3, request: 1e3, body: 1e3, write: 1e3, handler: 1e3, close: 0 },
}

function reload(before: ServiceOptions, wanted: ServiceOptions) {
  return reloadedFrom(readOptions(before), readOptions(wanted))
}

describe('reloadedFrom', () => {
  it('says of every setting whether it takes effect or needs a restart, as the documentation does', () => {
    const { changed, needRestart, settings } = reload({}, OTHER)
    expect([...changed, ...needRestart].toSorted()).toEqual(SETTING_NAMES.toSorted())
    const said = codes(
      /SIGHUP reads[^.]*?:(.*?)take effect/s.exec(readDoc('service.md'))?.[1] ?? '',
    )
    const groups = new Set(changed.map((name) => (name.startsWith('quota.') ? 'quota' : name)))
    expect([...groups]).toEqual(said)
    const { settings: before } = readOptions({})
    for (const name of needRestart) expect(settings[name]).toEqual(before[name])
  })

  it('tells of nothing where nothing has changed', () => {
    expect(reload(OTHER, OTHER)).toMatchObject({ changed: [], needRestart: [] })
  })

  it('takes other tokens, and keeps those that there are where there are to be none', () => {
    expect(reload({ tokens: TOKENS }, { tokens: OTHERS })).toMatchObject({
      changed: ['tokens'],
      needRestart: [],
      tokens: [{ token: OTHERS[0]?.token }],
    })
    const kept = reload({ host: '0.0.0.0', tokens: TOKENS }, {})
    expect(kept).toMatchObject({ changed: [], needRestart: ['host', 'tokens'] })
    expect(kept.tokens).toMatchObject(TOKENS)
    expect(kept.settings.tokens).toMatchObject(TOKENS)
  })
})

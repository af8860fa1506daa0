import type { RedisSource } from '../create-cache.js'
import { LONGEST } from '../entry/duration.js'
import { SERVER_DEFAULTS } from '../server/defaults.js'
import type { OriginOptions } from '../proxy/origin-options.js'
import type { NamedNamespace } from './named-namespace.js'
import type { OriginRules } from './origin-rules.js'
import { originSetting, proxySetting, rulesSetting } from './origin-setting.js'
import { hostsSetting, namespacesSetting, nativeSetting, redisSetting } from './setting-forms.js'
import { tokensSetting } from './tokens-setting.js'
import type { LogLevel, TokenOptions } from './service-options.js'
import { bytes, choice, count, duration, flag, optional, text, type Setting } from './setting.js'

/** Every setting of the service by its dotted name, as it is when it was resolved. Durations in milliseconds, sizes in bytes. */
export interface SettingValues {
  readonly host: string
  readonly port: number
  readonly adminHost: string
  readonly adminPort: number
  readonly redis: RedisSource | undefined
  readonly namespace: string
  readonly tokens: string | readonly TokenOptions[] | undefined
  readonly maxValue: number
  readonly maxKey: number
  readonly maxBatch: number
  readonly ttl: number
  readonly grace: number
  readonly 'quota.bytes': number | undefined
  readonly 'quota.entries': number | undefined
  readonly 'memory.maxEntries': number
  readonly 'memory.maxBytes': number | undefined
  readonly responseBytes: number | undefined
  readonly native: boolean | 'auto'
  readonly hosts: readonly string[] | undefined
  readonly allowPublic: boolean
  readonly maxNamespaces: number
  readonly otherNamespaces: boolean
  readonly namespaces: ReadonlyMap<string, NamedNamespace>
  readonly origin: string | undefined
  readonly proxy: OriginOptions | undefined
  readonly rules: OriginRules
  readonly logLevel: LogLevel
  readonly 'limits.headerBytes': number
  readonly 'limits.headerFields': number
  readonly 'limits.connections': number
  readonly 'timeouts.header': number
  readonly 'timeouts.idle': number
  readonly 'timeouts.request': number
  readonly 'timeouts.body': number
  readonly 'timeouts.write': number
  readonly 'timeouts.handler': number
  readonly 'timeouts.close': number
}

export type SettingName = keyof SettingValues

const KB = 2 ** 10
const MB = 2 ** 20
const GB = 2 ** 30
const SECOND = 1_000
const HOUR = 3_600_000
const DAY = 24 * HOUR

const HOST = /^[\w.:%~-]{1,255}$/
const HOST_ALLOWED = 'a name or an address of this machine'

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/** The one table: flags, environment, file, options and documentation are held against it. */
export const SETTINGS: { readonly [N in SettingName]: Setting<SettingValues[N]> } = {
  host: text(HOST, HOST_ALLOWED, {
    default: '127.0.0.1',
    value: 'HOST',
    help: 'where the data API listens',
  }),
  port: count(0, 65_535, { default: 7_450, help: 'its port; 0 = a free one' }),
  adminHost: text(HOST, HOST_ALLOWED, {
    default: '127.0.0.1',
    value: 'HOST',
    help: 'where metrics, dashboard and the data API once more listen',
  }),
  adminPort: count(0, 65_535, { default: 7_451, help: 'its port; 0 = a free one' }),
  redis: redisSetting({
    default: undefined,
    help: 'redis:// or rediss://, or JSON; default: memory only',
  }),
  namespace: text(/^[A-Za-z0-9._-]{1,32}$/, '1-32 characters of A-Z a-z 0-9 . _ -', {
    default: 'strata',
    value: 'NAME',
    help: 'what everything is kept under',
  }),
  tokens: tokensSetting({ default: undefined, help: 'who may do what, as JSON' }),
  maxValue: bytes(KB, 64 * MB, { default: '4mb', help: 'of a value; larger: 413' }),
  maxKey: count(1, 65_536, { default: 1_024, help: 'UTF-8 bytes of a key; longer: 414' }),
  maxBatch: count(1, 10_000, { default: 500, help: 'keys or entries of a batch' }),
  ttl: duration(0, LONGEST, {
    default: '5m',
    help: 'what is put without a lifetime is fresh for, less up to 5 %',
  }),
  grace: duration(0, LONGEST, { default: 0, help: 'and then stale for' }),
  'quota.bytes': optional(
    bytes(KB, 1_024 * GB, {
      default: undefined,
      help: 'of each namespace that is not named; default: none',
    }),
  ),
  'quota.entries': optional(
    count(1, 1_000_000_000, {
      default: undefined,
      help: 'of each namespace that is not named; default: none',
    }),
  ),
  'memory.maxEntries': count(1, 2 ** 24, { default: 100_000, help: 'entries kept in memory' }),
  'memory.maxBytes': optional(
    bytes(MB, 1_024 * GB, {
      default: undefined,
      help: 'of these; default: 256mb, at most a quarter of the memory there is',
    }),
  ),
  responseBytes: optional(
    bytes(MB, 64 * GB, {
      default: undefined,
      help: 'of answers kept natively; default: 64mb, at most an eighth of the memory there is',
    }),
  ),
  native: nativeSetting({ default: 'auto', help: 'the listener in Rust; true = or fail' }),
  hosts: hostsSetting({
    default: undefined,
    help: 'Host names it answers to, with commas between',
  }),
  allowPublic: flag({ default: false, help: 'listen for other machines without tokens' }),
  maxNamespaces: count(1, 100_000, { default: 1_000, help: 'namespaces in use at once' }),
  otherNamespaces: flag({ default: true, help: 'namespaces beside those that are named' }),
  namespaces: namespacesSetting({ default: {}, help: 'namespaces by name, as JSON' }),
  origin: originSetting({
    default: undefined,
    help: 'a server before which this one is a caching proxy',
  }),
  proxy: proxySetting({ default: undefined, help: 'how the origin is asked, as JSON' }),
  rules: rulesSetting({ default: {}, help: 'how its answers are cached, by pattern, as JSON' }),
  logLevel: choice(LOG_LEVELS, { default: 'info', help: 'what is worth a line of the log' }),
  'limits.headerBytes': bytes(KB, 64 * KB, {
    default: SERVER_DEFAULTS['limits.headerBytes'],
    help: 'of all fields of a request; more: 431',
  }),
  'limits.headerFields': count(1, 1_000, {
    default: SERVER_DEFAULTS['limits.headerFields'],
    help: 'fields of a request; more: 431',
  }),
  'limits.connections': count(1, 1_000_000, {
    default: SERVER_DEFAULTS['limits.connections'],
    help: 'open at once, for each listener',
  }),
  'timeouts.header': duration(100, 600 * SECOND, {
    default: SERVER_DEFAULTS['timeouts.header'],
    help: 'until the header of a request is there; longer: 408',
  }),
  'timeouts.idle': duration(0, HOUR, {
    default: SERVER_DEFAULTS['timeouts.idle'],
    help: 'a connection without a request is kept for',
  }),
  'timeouts.request': duration(100, DAY, {
    default: SERVER_DEFAULTS['timeouts.request'],
    help: 'until all of a request is there; longer: 408',
  }),
  'timeouts.body': duration(100, HOUR, {
    default: SERVER_DEFAULTS['timeouts.body'],
    help: 'a body that does not come: 408',
  }),
  'timeouts.write': duration(100, HOUR, {
    default: SERVER_DEFAULTS['timeouts.write'],
    help: 'a client that takes nothing is cut off',
  }),
  'timeouts.handler': duration(SECOND, DAY, {
    default: '1m',
    help: 'until there is an answer; longer: 504',
  }),
  'timeouts.close': duration(0, HOUR, {
    default: '10s',
    help: 'what runs when the service is stopped may run for',
  }),
}

export const SETTING_NAMES: readonly SettingName[] = Object.keys(SETTINGS) as SettingName[]

/** The default of every setting that has one, as it would be written. The documentation is held against it. */
export const SERVICE_DEFAULTS: Readonly<Partial<Record<SettingName, unknown>>> = Object.freeze(
  Object.fromEntries(
    SETTING_NAMES.filter((name) => SETTINGS[name].default !== undefined).map((name) => [
      name,
      SETTINGS[name].default,
    ]),
  ),
)

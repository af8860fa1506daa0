export { createCache, DEFAULTS, type CacheOptions, type RedisSource } from './create-cache.js'
export type { Cache, GetManyOptions, Readiness, SetEntry } from './cache/cache.js'
export type { BatchContext, ManyLoader, ManyResult } from './cache/batch.js'
export type {
  InvalidateEvent,
  LeaseEvent,
  LoadEvent,
  ReadEvent,
  TierEvent,
} from './cache/channels.js'
export type {
  Definition,
  DefinitionKey,
  NegativeDefinition,
  SingleDefinition,
} from './cache/define.js'
export type { Defined, DefinedOptions } from './cache/defined.js'
export type { FlightView, Inspection, MemoryView, RedisView } from './cache/inspection.js'
export type { WriteResult } from './cache/write-result.js'
export type { MemoOptions } from './cache/memo.js'
export type {
  Monitor,
  MonitorOptions,
  MonitorStats,
  OverdueExample,
  VersionOf,
} from './cache/monitor-options.js'
export type {
  CodecOptions,
  CopyPolicy,
  GetOptions,
  LimitOptions,
  LoadContext,
  Loader,
  Logger,
  MemoryOptions,
  OutageOptions,
  PolicyOptions,
  SetOptions,
} from './cache/options.js'
export type { Outcome, Reading, Source } from './cache/outcome.js'
export type { StandardSchema } from './cache/schema.js'
export type { CacheStats } from './cache/stats.js'
export type { CacheEvents } from './cache/voice.js'
export type { Version } from './cache/versions.js'
export type { WarmOptions, WarmProgress } from './cache/warm.js'
export type { Duration } from './entry/duration.js'
export type { ByteSize } from './entry/option.js'
export type { CodecType } from './entry/vet.js'
export type { Finding, LeaseView, ValueFinding, VersionView } from './tier/inspector.js'
export {
  ClosedError,
  CodecError,
  HttpError,
  InvalidKeyError,
  InvalidOptionError,
  InvalidValueError,
  ListenError,
  LoadResultError,
  LoadTimeoutError,
  NativeUnavailableError,
  OverloadedError,
  RemoteLoadError,
  ServiceRefusedError,
  ServiceUnavailableError,
  StrataError,
  TierUnavailableError,
  type ServiceFailure,
  type StrataErrorCode,
  type TierFailure,
} from './errors.js'

export type { Scope } from './access.js'
export { createService, type CreateServiceOptions } from './create-service.js'
export { packageVersion } from './package-version.js'
export type { Reloaded } from './reloaded.js'
export type { Service } from './service.js'
export type { ServiceLogger } from './service-log.js'
export type {
  LogLevel,
  NamespaceOptions,
  QuotaOptions,
  ServiceLimits,
  ServiceMemory,
  ServiceOptions,
  ServiceTimeouts,
  TokenOptions,
} from './service-options.js'
export { SERVICE_DEFAULTS } from './setting-table.js'

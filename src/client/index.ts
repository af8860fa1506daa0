export type {
  Client,
  ClientEntry,
  ClientLoadContext,
  ClientLoadOptions,
  ClientPurge,
  ClientReading,
  ClientSetOptions,
  ClientStored,
  ClientValue,
  ClientWriteResult,
  ClientWritten,
  ValueOptions,
} from './client.js'
export { createClient } from './create-client.js'
export { LOAD_DEFAULTS } from './load-options.js'
export { CLIENT_DEFAULTS, type ClientOptions, type FailureContext } from './settings.js'
export {
  InvalidKeyError,
  InvalidOptionError,
  InvalidValueError,
  LoadTimeoutError,
  type ServiceFailure,
  ServiceRefusedError,
  ServiceUnavailableError,
  StrataError,
} from '../errors.js'

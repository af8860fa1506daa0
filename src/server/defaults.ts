/** The default of every option of a server, as a caller would write it. The documentation is held against this table. */
export const SERVER_DEFAULTS = {
  port: 3_000,
  host: '127.0.0.1',
  native: 'auto',
  redirectTrailingSlash: false,
  serverTiming: false,
  'limits.headerBytes': '16kb',
  'limits.headerFields': 100,
  'limits.bodyBytes': '1mb',
  'limits.connections': 10_000,
  'limits.responseBytes': '64mb',
  'timeouts.header': '10s',
  'timeouts.idle': '75s',
  'timeouts.request': '5m',
  'timeouts.body': '30s',
  'timeouts.write': '30s',
  'timeouts.handler': '30s',
} as const

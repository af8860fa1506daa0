/** Defaults of an origin's options. */
export const ORIGIN_DEFAULTS = {
  preserveHost: true,
  trust: false,
  connections: 256,
  waiting: 1_024,
  headerBytes: '16kb',
  'timeouts.connect': '10s',
  'timeouts.headers': '30s',
  'timeouts.body': '30s',
  'timeouts.idle': '4s',
} as const

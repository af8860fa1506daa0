const ADVICE: readonly (readonly [code: RegExp, advice: string])[] = [
  [
    /EADDRINUSE/,
    'something listens there already, perhaps another strata serve; choose with --port and --admin-port (0: a free one)',
  ],
  [/EADDRNOTAVAIL/, 'that is no address of this machine; see --host and --admin-host'],
  [/EACCES/, 'a port below 1024 needs a right: take another with --port'],
  [/ENOTFOUND|EAI_AGAIN/, 'there is no host of this name; see --host and --admin-host'],
]

/** What `listen` said of a port or an address, and what to do. */
export function withListenAdvice(message: string): string {
  const advice = ADVICE.find(([code]) => code.test(message))?.[1]
  return advice === undefined ? message : `${message}; ${advice}`
}

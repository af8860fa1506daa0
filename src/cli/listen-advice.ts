const ADVICE: readonly (readonly [code: RegExp, advice: string])[] = [
  [
    /EADDRINUSE/,
    'perhaps another strata serve; choose with --port and --admin-port (0: a free one)',
  ],
  [/EADDRNOTAVAIL/, 'see --host and --admin-host'],
  [/EACCES/, 'take another with --port'],
  [/ENOTFOUND|EAI_AGAIN/, 'see --host and --admin-host'],
]

/** What `listen` said of a port or an address, and what to do. */
export function withListenAdvice(message: string): string {
  const advice = ADVICE.find(([code]) => code.test(message))?.[1]
  return advice === undefined ? message : `${message}; ${advice}`
}

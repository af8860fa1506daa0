export interface Settings {
  readonly seconds: number
  /** Each one a time of writing, then a rest. */
  readonly rounds: number
}

const usage = `npm run demo:race                   two processes, two caches, 30 seconds
npm run demo:race -- --seconds 120  as long as that (from 5 to 3600)
npm run demo:race -- --once         one round of it: 6 seconds
`
const roundSeconds = 6

/** The command line, read once. The race ends by itself in any case. */
export function settingsOf(argv: readonly string[]): Settings {
  let once = false
  let seconds: number | undefined
  for (let i = 0; i < argv.length; i++) {
    if (argv[i] === '--once') once = true
    else if (argv[i] === '--seconds') seconds = secondsOf(argv[++i])
    else throw new Error(`unknown argument ${argv[i]}\n\n${usage}`)
  }
  seconds ??= once ? roundSeconds : 30
  return { seconds, rounds: once ? 1 : Math.max(1, Math.floor(seconds / roundSeconds)) }
}

function secondsOf(text = 'nothing'): number {
  const seconds = Number(text)
  // A round in less would have no room for a lost message to matter, nor for a rest.
  if (Number.isInteger(seconds) && seconds >= 5 && seconds <= 3_600) return seconds
  throw new Error(`--seconds must be a whole number from 5 to 3600, not ${text}\n\n${usage}`)
}

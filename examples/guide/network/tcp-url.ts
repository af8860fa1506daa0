/** A form that an option may have. */
export interface TcpForm {
  readonly schemes: readonly string[]
  /** In words, such as `redis://host:port`. */
  readonly form: string
}

export const postgresOverTcp: TcpForm = {
  schemes: ['postgres:', 'postgresql:'],
  form: 'postgres://user@host:port/database',
}
/** Without TLS: the proxy is not the host that a certificate names. */
export const redisOverTcp: TcpForm = { schemes: ['redis:'], form: 'redis://host:port' }

/** Refuses a URL that the delay proxy cannot take the place of the host in. What it says is not repeated: a password may be in it. */
export function assertTcpUrl(option: string, text: string, { schemes, form }: TcpForm): void {
  if (isTcpUrl(text, schemes)) return
  throw new Error(
    `${option} must be ${form}, spoken over TCP and not over a Unix socket: the rows are measured over a network as well, which is put in front of it`,
  )
}

function isTcpUrl(text: string, schemes: readonly string[]): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, searchParams } = new URL(text)
  // `pg` takes a host that begins with a slash for the folder of a socket, and one of the query before that of the URL.
  const isHost = hostname !== '' && !/^%2f/i.test(hostname)
  return schemes.includes(protocol) && isHost && !searchParams.has('host')
}

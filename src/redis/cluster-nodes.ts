/** A master of a Cluster, as `CLUSTER NODES` tells of it. */
export interface Master {
  readonly id: string
  readonly host: string
  readonly port: number
  /** First and last slot of each range, without those that are migrating. */
  readonly ranges: readonly (readonly [first: number, last: number])[]
}

/**
 * All masters, those without slots too: one that imports its first slot takes writes already. `asked`: the host to use for a
 * node that does not know its own address.
 */
export function parseMasters(text: string, asked: string): readonly Master[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(' '))
    .filter(([, , flags = '']) => isMaster(flags.split(',')))
    .flatMap((fields) => masterOf(fields, asked) ?? [])
}

export function ownsSlot({ ranges }: Master, slot: number): boolean {
  return ranges.some(([first, last]) => slot >= first && slot <= last)
}

/** One that has failed, or has no address, cannot take writes. */
function isMaster(flags: readonly string[]): boolean {
  return (
    flags.includes('master') &&
    !flags.some((flag) => flag === 'fail' || flag === 'handshake' || flag === 'noaddr')
  )
}

/** `<id> <host>:<port>@<bus port>[,<name>] <flags> <master> <ping> <pong> <epoch> <state> <slot> ...` */
function masterOf(fields: readonly string[], asked: string): Master | undefined {
  const [id = '', address = ''] = fields
  const [, host = '', port = ''] = /^(.*):(\d+)(?:@\d+)?(?:,.*)?$/.exec(address) ?? []
  if (id === '' || port === '') return undefined
  const slots = fields.slice(8)
  const moving = new Set(slots.flatMap((slot) => /^\[(\d+)-/.exec(slot)?.[1] ?? []).map(Number))
  return {
    id,
    host: host === '' ? asked : host,
    port: Number(port),
    ranges: rangesOf(slots, moving),
  }
}

function rangesOf(
  slots: readonly string[],
  moving: ReadonlySet<number>,
): (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = []
  for (const slot of slots) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(slot)
    if (match === null) continue
    let first = Number(match[1])
    const last = Number(match[2] ?? match[1])
    for (const moved of [...moving]
      .filter((one) => one >= first && one <= last)
      .sort((a, b) => a - b)) {
      if (moved > first) ranges.push([first, moved - 1])
      first = moved + 1
    }
    if (first <= last) ranges.push([first, last])
  }
  return ranges
}

/** A master of a Cluster, as `CLUSTER NODES` tells of it. */
export interface Master {
  readonly id: string
  readonly host: string
  readonly port: number
  /** First and last slot of each range, without those that are migrating. */
  readonly ranges: readonly (readonly [first: number, last: number])[]
}

export interface Asked {
  /** Host to use for a node that does not know its own address. */
  readonly host: string
  /** Hosts by which the client dials nodes: names, where the Cluster prefers them (a certificate may hold nothing else). */
  readonly dialled: ReadonlySet<string>
}

/** All masters, those without slots too: one that imports its first slot takes writes already. */
export function parseMasters(text: string, asked: Asked): readonly Master[] {
  const lines = text.split('\n').map((line) => line.trim().split(' '))
  const byName = lines.some(([, address = '']) => asked.dialled.has(nameIn(address)))
  return lines
    .filter(([, , flags = '']) => isMaster(flags.split(',')))
    .flatMap((fields) => masterOf(fields, asked.host, byName) ?? [])
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

/** `<id> <host>:<port>@<bus port>[,<name>[,<field>=<value> ...]] <flags> <master> <ping> <pong> <epoch> <state> <slot> ...` */
function masterOf(fields: readonly string[], asked: string, byName: boolean): Master | undefined {
  const [id = '', address = ''] = fields
  const [, host = '', port = ''] = /^([^,]*):(\d+)(?:@\d+)?(?:,|$)/.exec(address) ?? []
  if (id === '' || port === '') return undefined
  const slots = fields.slice(8)
  const moving = new Set(slots.flatMap((slot) => /^\[(\d+)-/.exec(slot)?.[1] ?? []).map(Number))
  return {
    id,
    host: (byName && nameIn(address)) || host || asked,
    port: Number(port),
    ranges: rangesOf(slots, moving),
  }
}

function nameIn(address: string): string {
  return address.split(',')[1] ?? ''
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

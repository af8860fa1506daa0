import { SLOTS } from '../../../src/redis/cluster-slot.js'

/** Slots in equal parts, in order. */
export function masterOfSlot(slot: number, masters: number): number {
  return Math.floor(slot / Math.ceil(SLOTS / masters))
}

export function hostOf(master: number): string {
  return `master-${master}`
}

/** The answer to `CLUSTER NODES`. */
export function clusterNodes(masters: number): string {
  const size = Math.ceil(SLOTS / masters)
  const lines = Array.from({ length: masters }, (_, i) => {
    const slots = `${i * size}-${Math.min(SLOTS, (i + 1) * size) - 1}`
    return `${`${i}`.padStart(40, 'c')} ${hostOf(i)}:6379@16379 master - 0 0 ${i + 1} connected ${slots}\n`
  })
  return lines.join('')
}

/** How many slots a Cluster has. */
export const SLOTS = 16_384

/** The slot of a hash tag: CRC-16 (XMODEM) modulo the number of slots (Redis Cluster specification, appendix A). */
export function slotOf(tag: string): number {
  let crc = 0
  for (const byte of Buffer.from(tag)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021
    }
    crc &= 0xffff
  }
  return crc % SLOTS
}

/** Tags tried at most: with one slot of 16,384 the first that fits comes after that many, on average. */
const MOST_TRIES = 400_000

/** As many are tried for the further ones: whoever has few slots need not have them all found. */
const FURTHER_TRIES = 4_000

/** Up to `most` short hash tags, each in another slot of these. */
export function tagsIn(owns: (slot: number) => boolean, most: number): readonly string[] {
  const tags = new Map<number, string>()
  let tries = MOST_TRIES
  for (let i = 0; i < tries && tags.size < most; i++) {
    const tag = i.toString(36)
    const slot = slotOf(tag)
    if (!owns(slot) || tags.has(slot)) continue
    tags.set(slot, tag)
    tries = Math.min(MOST_TRIES, i + FURTHER_TRIES)
  }
  return [...tags.values()]
}

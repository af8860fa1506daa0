import KeyvRedis from '@keyv/redis'

/** The Redis store of the peers that stand on Keyv. */
export function openKeyvRedis(url: string): KeyvRedis<unknown> {
  const store = new KeyvRedis<unknown>(url)
  store.on('error', () => undefined)
  return store
}

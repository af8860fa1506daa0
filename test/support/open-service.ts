import type { Cache } from '../../src/index.js'
import { createService, type CreateServiceOptions } from '../../src/service/create-service.js'
import type { Service } from '../../src/service/service.js'

/** A service of this process on free ports. */
export interface OpenedService extends AsyncDisposable {
  readonly service: Service
  /** Where its data API listens, without a slash at the end. */
  readonly data: string
  readonly admin: string
  readonly adminPort: number
  /** Of a namespace of its data API. */
  cacheOf(namespace: string): Cache
}

export async function openService(options: CreateServiceOptions = {}): Promise<OpenedService> {
  const service = createService({ port: 0, adminPort: 0, logLevel: 'silent', ...options })
  await service.listen()
  const portOf = (which: 'data' | 'admin'): number => service.addresses[which]?.port ?? 0
  return {
    service,
    data: `http://127.0.0.1:${portOf('data')}`,
    admin: `http://127.0.0.1:${portOf('admin')}`,
    adminPort: portOf('admin'),
    cacheOf: (namespace) => service.cache.namespace(namespace),
    [Symbol.asyncDispose]: () => service.close({ timeout: '1s' }),
  }
}

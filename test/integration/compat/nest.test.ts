import 'reflect-metadata'
import type { AddressInfo } from 'node:net'
import { CACHE_MANAGER, CacheInterceptor, CacheModule, CacheTTL } from '@nestjs/cache-manager'
import { Controller, type DynamicModule, Get, Module, UseInterceptors } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express'
import type { Cache as Manager } from 'cache-manager'
import { afterEach, describe, expect, it } from 'vitest'
import { createCacheManager } from '../../../src/compat/cache-manager.js'
import { createKeyvStore } from '../../../src/compat/keyv.js'
import type { Cache } from '../../../src/index.js'
import { Caches, freshNamespace } from '../../support/caches.js'

/** The caching module of NestJS, which is cache-manager, in the ways that docs/compat.md shows. */
describe('the caching module of NestJS', () => {
  const caches = new Caches()
  let app: NestExpressApplication

  afterEach(async () => {
    await app.close()
    await caches.close()
  })

  async function start(module: DynamicModule) {
    app = await NestFactory.create<NestExpressApplication>(module, new ExpressAdapter(), {
      logger: false,
      forceCloseConnections: true,
    })
    await app.listen(0, '127.0.0.1')
    const { port } = app.getHttpServer().address() as AddressInfo
    return async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  }

  it('over a store for Keyv', async () => {
    const { cache } = caches.open({ namespace: freshNamespace() })
    const stores = [createKeyvStore(cache)]
    const get = await start(siteOf([CacheModule.register({ stores, namespace: 'pages' })]))
    expect([await get('/pages'), await get('/pages')]).toEqual(['page 1', 'page 1'])
    expect(await cache.namespace('pages').has('pages:/pages')).toBe(true)
    await app.get<Manager>(CACHE_MANAGER).clear()
    expect(await get('/pages')).toBe('page 2')
  })

  it('over the facade', async () => {
    const { cache } = caches.open({ namespace: freshNamespace() })
    const get = await start(siteOf([], [{ provide: CACHE_MANAGER, useValue: managed(cache) }]))
    expect([await get('/pages'), await get('/pages')]).toEqual(['page 1', 'page 1'])
    const { freshUntil = 0 } = await cache.read('/pages')
    expect(Math.round((freshUntil - Date.now()) / 60_000)).toBe(2)
    await cache.delete('/pages')
    expect(await get('/pages')).toBe('page 2')
  })
})

const managed = (cache: Cache): Manager => createCacheManager(cache, { ttl: '10m' })

/** A site of one page, which counts how often it was made. */
function siteOf(
  imports: NonNullable<DynamicModule['imports']>,
  providers: NonNullable<DynamicModule['providers']> = [],
): DynamicModule {
  let made = 0
  class Pages {
    page(): string {
      return `page ${++made}`
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Pages.prototype, 'page')!
  Get('pages')(Pages.prototype, 'page', descriptor)
  CacheTTL(120_000)(Pages.prototype, 'page', descriptor)
  UseInterceptors(CacheInterceptor)(Pages.prototype, 'page', descriptor)
  Controller()(Pages)
  Module({})(Pages)
  return { module: Pages, imports, providers, controllers: [Pages] }
}

// NestJS: a controller whose responses are cached, and a service whose method is.
//   npx tsx --tsconfig examples/nest/tsconfig.json examples/nest/main.ts
import 'reflect-metadata'
import { Controller, Get, Inject, Module, Param, Put, UseInterceptors } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { createCache, type Cache } from 'strata-cache'
import { cached, invalidates } from 'strata-cache/decorator'
import { cached as cachedPage } from 'strata-cache/nest'

const cache = createCache({ namespace: 'nest', ttl: '5m' })
const titles = new Map([['7', 'Hello']])
let [pages, queries] = [0, 0]

class Posts {
  constructor(@Inject('CACHE') readonly cache: Cache) {} // where the decorators look for it

  @cached({ name: 'post', tags: (id: string) => [`post:${id}`] })
  async find(id: string) {
    queries++
    return { id, title: titles.get(id) }
  }

  @invalidates({ tags: (id: string) => [`post:${id}`] })
  async rename(id: string, title: string) {
    titles.set(id, title)
  }
}

@Controller('posts/:id')
class PostsController {
  constructor(@Inject(Posts) readonly posts: Posts) {} // @Inject: tsx does not tell Nest the types

  @Get()
  @UseInterceptors(cachedPage(cache, { ttl: '1m', tags: ({ params }) => [`post:${params['id']}`] }))
  page(@Param('id') id: string) {
    pages++
    return this.posts.find(id)
  }

  @Put(':title')
  rename(@Param('id') id: string, @Param('title') title: string) {
    return this.posts.rename(id, title)
  }
}

@Module({
  controllers: [PostsController],
  providers: [Posts, { provide: 'CACHE', useValue: cache }],
})
class Blog {}

const app = await NestFactory.create(Blog, { logger: false, forceCloseConnections: true })
await app.listen(0, '127.0.0.1')
const url = `${await app.getUrl()}/posts/7`
await Promise.all(Array.from({ length: 100 }, () => fetch(url)))
console.log(`100 requests, pages made: ${pages}, queries: ${queries}`)
await fetch(`${url}/Good%20morning`, { method: 'PUT' })
console.log(`after the change: ${await (await fetch(url)).text()}, queries: ${queries}`)
await app.close()
await cache.close()

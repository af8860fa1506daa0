import { expect, it } from 'vitest'
import { Feed } from '../../../examples/guide/page/feed.js'

/** A feed of how often it was told. */
function openFeed() {
  let told = 0
  const feed = new Feed(() => told)
  const tell = () => {
    told++
    feed.tell()
  }
  return { feed, tell }
}

it('gives the latest at once, and then what is new, to everybody', async () => {
  const { feed, tell } = openFeed()
  const [one, other] = [feed.follow(), feed.follow()]
  expect([await one.next(), await other.next()]).toMatchObject([{ value: 0 }, { value: 0 }])
  const next = [one.next(), other.next()]
  tell()
  expect(await Promise.all(next)).toMatchObject([{ value: 1 }, { value: 1 }])
})

it('gives who is slow fewer, and the last of them', async () => {
  const { feed, tell } = openFeed()
  const follower = feed.follow()
  await follower.next()
  tell()
  tell()
  expect(await follower.next()).toMatchObject({ value: 2 })
})

it('tells that there is somebody, until all have left', async () => {
  const { feed, tell } = openFeed()
  const somebody = feed.somebody().then(() => 'somebody')
  const follower = feed.follow()
  await follower.next()
  expect(await somebody).toBe('somebody')
  await feed.somebody()
  await follower.return(undefined)
  tell()
  const later = feed.somebody().then(() => 'somebody')
  expect(await Promise.race([later, Promise.resolve('nobody')])).toBe('nobody')
  await feed.follow().next()
  expect(await later).toBe('somebody')
})

it('ends for who follows, and for who waits that somebody does', async () => {
  const { feed } = openFeed()
  const somebody = feed.somebody()
  feed.close()
  await somebody
  await feed.somebody()
  expect(await feed.follow().next()).toMatchObject({ done: true })

  const followed = openFeed().feed
  const follower = followed.follow()
  await follower.next()
  const next = follower.next()
  followed.close()
  expect(await next).toMatchObject({ done: true })
})

import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeNative } from '../../support/native.js'
import { statusesOf } from '../../support/raw-http.js'
import { AMBIGUOUS, MALFORMED } from '../../support/raw-messages.js'
import { type Heard, TwoServers } from '../../support/two-servers.js'

const messages: [title: string, bytes: string][] = [
  ...MALFORMED.map(([title, bytes]): [string, string] => [title, bytes]),
  ...AMBIGUOUS,
]

describeNative('both listeners', () => {
  const servers = new TwoServers((app) => {
    app.get('/a', (c) => c.text('A'))
    app.post('/a', async (c) => c.text(`got ${(await c.req.bytes()).byteLength}`))
    app.get('/admin', (c) => c.text('admin'))
  })

  beforeAll(() => servers.open())
  afterAll(() => servers.close())

  it.each(messages)('answer %s alike', async (_, bytes) => {
    const [native, typescript] = await servers.answers(bytes)
    expect(pictureOf(native)).toEqual(pictureOf(typescript))
  })
})

function pictureOf(heard: Heard | undefined): unknown {
  if (heard === undefined) return undefined
  const { text, isClosed } = heard
  const fields = ['allow', 'content-type', 'connection', 'content-length']
  const heads = text.split(/(?=HTTP\/1\.1 \d{3} )/).map((answer) => {
    const [head = '', body = ''] = answer.split('\r\n\r\n', 2)
    const values = fields.map((name) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1])
    return values.concat(body)
  })
  // of a body that is still to come one waits for the end, the other says at once that it has sent its last
  const ends = isClosed || heads.at(-1)?.includes('close')
  return { statuses: statusesOf(text), heads, ends }
}

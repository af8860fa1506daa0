import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../src/clock.js'
import type { HttpResponse } from '../../src/http/message.js'
import type { ForwardRequest } from '../../src/proxy/forward-request.js'
import { openOrigin, type OriginServer } from '../../src/proxy/origin-server.js'
import type { OriginOptions } from '../../src/proxy/origin-options.js'
import { parseOriginSettings } from '../../src/proxy/origin-settings.js'

/** A request as a listener would have it forwarded. */
export function asked(target = '/', more: Partial<ForwardRequest> = {}): ForwardRequest {
  return {
    method: 'GET',
    scheme: 'http',
    authority: 'shop.example',
    target,
    fields: ['host', 'shop.example'],
    body: undefined,
    client: '192.0.2.7',
    ...more,
  }
}

export async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

/** Closes what a test opened, the last first. */
export class Opened {
  readonly #closers: (() => Promise<unknown>)[] = []

  async origin(url: string, options: OriginOptions = {}, clock?: Clock): Promise<OriginServer> {
    const origin = await openOrigin(parseOriginSettings(url, options), clock)
    this.add(() => origin.close(0))
    return origin
  }

  /** An origin over node:http; its address. */
  async http(listener: RequestListener): Promise<string> {
    const server: Server = createServer(listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    this.add(async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  async raw<T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> {
    const opened = await opening
    this.add(() => opened.close())
    return opened
  }

  add(closer: () => Promise<unknown>): void {
    this.#closers.push(closer)
  }

  async close(): Promise<void> {
    for (const closer of this.#closers.splice(0).toReversed()) await closer()
  }
}

export async function textOf({ body }: Pick<HttpResponse, 'body'>): Promise<string> {
  if (body === undefined) return ''
  if (body instanceof Uint8Array) return Buffer.from(body).toString('latin1')
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('latin1')
}

/** Reads to the end, then tells how it ended. */
export async function failureOf(reading: Promise<unknown>): Promise<unknown> {
  try {
    await reading
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

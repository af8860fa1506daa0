import { Worker } from 'node:worker_threads'

/** A TCP proxy in front of a server: what the server says arrives `delay` ms later, and so does a connection. */
export interface DelayProxy {
  /** The server's URL with the proxy's address in it. */
  readonly url: string
  close(): Promise<void>
}

export interface DelayProxyOptions {
  /** Of the server, if the URL has none. */
  readonly port: number
  readonly delay: number
  /** Told when it breaks after it was opened: whoever is connected through it learns no more than that he is not. */
  onBroken(error: Error): void
}

/** In a thread of its own: in ours it would wait for the event loop of the programs it is to slow down, and they for it. */
export async function openDelayProxy(
  target: string,
  { port: defaultPort, delay, onBroken }: DelayProxyOptions,
): Promise<DelayProxy> {
  const url = new URL(target)
  // A socket wants an IPv6 address without its brackets.
  const host = url.hostname.replace(/^\[(.+)\]$/, '$1')
  const worker = new Worker(new URL('./delay-proxy-worker.mjs', import.meta.url), {
    workerData: { host, port: Number(url.port || defaultPort), delay },
  })
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  worker.on('error', ({ message }) =>
    onBroken(new Error(`the proxy that plays a network of ${delay} ms has broken: ${message}`)),
  )
  worker.unref()
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return { url: url.href, close: async () => void (await worker.terminate()) }
}

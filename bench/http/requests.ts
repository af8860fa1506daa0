import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { scratchFolder } from './scratch.js'

/** What a browser sends along. */
export const FIELDS: Readonly<Record<string, string>> = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  Accept: 'application/json, text/plain, */*',
  'Accept-Language': 'en-GB,en;q=0.7,de;q=0.3',
  'Accept-Encoding': 'gzip, deflate, br',
  Referer: 'http://127.0.0.1/',
  Cookie: 'session=2f6b1d6e8a3c4f5b9d7e; theme=dark',
  'Sec-Fetch-Mode': 'cors',
  Connection: 'keep-alive',
}

/** A file of requests as `load.c` reads them. */
export function requestFile(port: number, paths: readonly string[]): string {
  const file = join(scratchFolder('requests'), 'requests')
  writeFileSync(file, withLengths(paths.map((path) => requestOf(port, path))))
  return file
}

function requestOf(port: number, path: string): Buffer {
  const fields = Object.entries(FIELDS).map(([name, value]) => `${name}: ${value}`)
  const lines = [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...fields, '', '']
  return Buffer.from(lines.join('\r\n'))
}

/** Each preceded by its length, 4 bytes, in the order of this machine's bytes. */
export function withLengths(parts: readonly Buffer[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => [Buffer.from(Uint32Array.of(part.length).buffer), part]),
  )
}

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { isNativeRequired, NATIVE, whyNoCargo } from '../../scripts/toolchain.js'

/** Whether the Rust of the native front can be asked here. Where it is required and cannot, asking fails. */
export const hasNativeGrammar = isNativeRequired || whyNoCargo() === undefined

const RUN = ['run', '--quiet', '--locked', '--package', 'strata-engine', '--example', 'match']

/** What Rust makes of text: `native/engine/examples/match.rs`, compiled when it is asked first. */
export class NativeGrammar {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = []
  #errors = ''

  constructor() {
    this.#child = spawn('cargo', RUN, { cwd: NATIVE, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#errors += text))
    this.#child.stdin.on('error', () => undefined) // told by its end
    this.#child.on('error', (error) => this.#end(error))
    this.#child.on('close', (code) => this.#end(new Error(`ended with ${code}: ${this.#errors}`)))
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#waiting.shift()?.resolve(line)
    })
  }

  /** One answer for each of the questions. */
  async ask(question: Readonly<Record<string, unknown>>): Promise<readonly unknown[]> {
    const line = await new Promise<string>((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#child.stdin.write(`${JSON.stringify(question)}\n`)
    })
    return JSON.parse(line) as readonly unknown[]
  }

  close(): void {
    this.#child.stdin.end()
  }

  #end(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}

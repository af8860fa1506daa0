import { Agent, request, type IncomingMessage } from 'node:http'
import { FIELDS } from './requests.js'

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** One request for each path, one after another on one connection. */
export async function askEach(port: number, paths: readonly string[]): Promise<Answer[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const answers: Answer[] = []
  for (const path of paths) answers.push(await ask(agent, port, path))
  agent.destroy()
  return answers
}

function ask(agent: Agent, port: number, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, agent, headers: FIELDS }
    const asked = request(options, (response) => {
      const { statusCode: status = 0, headers } = response
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => (body += text))
      response.on('end', () => resolve({ status, headers, body })).on('error', reject)
    })
    asked.on('error', reject).end()
  })
}

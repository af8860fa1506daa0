// One process of a team: sets up as the file it is given says, then answers each question.
import type { MemberAnswer, OpenMember } from './team.js'

const [file = '', setup = ''] = process.argv.slice(2)

process.on('disconnect', () => process.exit())
process.on('unhandledRejection', fail)
const { open } = (await import(file)) as { readonly open: OpenMember<unknown, unknown, unknown> }
await open(JSON.parse(setup)).then((reply) => {
  process.on('message', ({ question }: { readonly question: unknown }) => {
    reply(question).then((answer) => tell({ answer }), fail)
  })
  tell({ answer: 'ready' })
}, fail)

function tell(message: MemberAnswer): void {
  if (process.connected) process.send?.(message)
}

function fail(error: unknown): void {
  tell({ failed: error instanceof Error ? error.message : String(error) })
}

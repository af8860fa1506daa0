#!/usr/bin/env node
import { runCommand } from './run-command.js'

const { stdin, stdout, stderr, env } = process

// whoever reads may stop, as `strata help | head -1` does: not worth a stack trace
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
}

process.exitCode = await runCommand(process.argv.slice(2), { stdin, stdout, stderr, env })

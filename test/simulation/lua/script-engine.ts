import { createHash } from 'node:crypto'
import type { LuaDebug, LuaState } from 'fengari'
import { ErrorReply, type Reply } from '../redis/reply.js'
import { fieldAt, popReply, textAt } from './convert.js'
import { lauxlib, lua, to_luastring } from './lua-5.1.js'
import { createRedisTable } from './redis-table.js'
import { createSandbox, protectGlobals } from './sandbox.js'
import type { ScriptHost } from './script-host.js'

/** The Lua of a process, shared by all simulated servers in it: scripts keep no state between two runs. */
export class ScriptEngine {
  readonly #state: LuaState = createSandbox()
  /** Compiled, by digest. */
  readonly #functions = new Map<string, number>()
  #host: ScriptHost = () => null

  constructor() {
    createRedisTable(this.#state, (args) => this.#host(args))
    protectGlobals(this.#state)
  }

  /** The digest under which EVALSHA finds it, or why it does not compile. */
  compile(script: Buffer): string | ErrorReply {
    const sha = createHash('sha1').update(script).digest('hex')
    if (this.#functions.has(sha)) return sha
    const state = this.#state
    const loaded = lauxlib.luaL_loadbuffer(
      state,
      new Uint8Array(script),
      script.length,
      to_luastring('@user_script'),
    )
    if (loaded !== lua.LUA_OK) {
      const said = textAt(state, -1)
      lua.lua_pop(state, 1)
      return new ErrorReply(`ERR Error compiling script (new function): ${said}`)
    }
    this.#functions.set(sha, lauxlib.luaL_ref(state, lua.LUA_REGISTRYINDEX))
    return sha
  }

  /** Runs a compiled script; `host` carries its commands out. */
  run(sha: string, keys: readonly Buffer[], args: readonly Buffer[], host: ScriptHost): Reply {
    const compiled = this.#functions.get(sha)
    if (compiled === undefined) throw new Error(`never compiled: ${sha}`)
    const state = this.#state
    let mistake: { readonly thrown: unknown } | undefined
    this.#host = (words) => {
      try {
        return host(words)
      } catch (thrown) {
        // fengari would take it for an error of the script
        mistake = { thrown }
        throw thrown
      }
    }
    setGlobalList(state, 'KEYS', keys)
    setGlobalList(state, 'ARGV', args)
    lua.lua_pushcfunction(state, errorWithLine)
    lua.lua_rawgeti(state, lua.LUA_REGISTRYINDEX, compiled)
    const outcome = lua.lua_pcall(state, 0, 1, -2)
    const reply = outcome === lua.LUA_OK ? popReply(state) : failure(state, sha)
    lua.lua_settop(state, 0)
    if (mistake !== undefined) throw mistake.thrown
    return reply
  }
}

function setGlobalList(state: LuaState, name: string, list: readonly Buffer[]): void {
  lua.lua_pushglobaltable(state)
  lua.lua_pushstring(state, to_luastring(name))
  lua.lua_createtable(state, list.length, 0)
  for (const [i, bytes] of list.entries()) {
    lua.lua_pushstring(state, new Uint8Array(bytes))
    lua.lua_rawseti(state, -2, i + 1)
  }
  lua.lua_rawset(state, -3)
  lua.lua_pop(state, 1)
}

const ERR = to_luastring('err')
const LINE = to_luastring('line')

/** As Redis 7.0: whatever was thrown becomes a table with the message and the line of the script. */
function errorWithLine(state: LuaState): number {
  if (lua.lua_type(state, 1) !== lua.LUA_TTABLE) {
    const message = `ERR ${textAt(state, 1)}`
    lua.lua_createtable(state, 0, 2)
    lua.lua_pushstring(state, new Uint8Array(Buffer.from(message, 'latin1')))
    lua.lua_setfield(state, -2, ERR)
    lua.lua_replace(state, 1)
  }
  lua.lua_settop(state, 1)
  const line = lineOf(state)
  if (line !== undefined) {
    lua.lua_pushstring(state, to_luastring(`${line}`))
    lua.lua_setfield(state, 1, LINE)
  }
  return 1
}

/** Of the innermost function of the script itself. */
function lineOf(state: LuaState): number | undefined {
  for (let level = 1; level <= 3; level++) {
    const debug: LuaDebug = new lua.lua_Debug()
    if (lua.lua_getstack(state, level, debug) === 0) return undefined
    lua.lua_getinfo(state, to_luastring('Sl'), debug)
    if (debug.currentline > 0) return debug.currentline
  }
  return undefined
}

function failure(state: LuaState, sha: string): ErrorReply {
  const top = lua.lua_gettop(state)
  const message = fieldAt(state, top, ERR) ?? 'ERR unknown error'
  const line = fieldAt(state, top, LINE)
  const where = line === undefined ? '' : ` script: ${sha}, on @user_script:${line}.`
  return new ErrorReply(message.replace(/[\r\n]/g, ' ') + where)
}

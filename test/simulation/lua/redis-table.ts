import { createHash } from 'node:crypto'
import type { LuaFunction, LuaState } from 'fengari'
import { ErrorReply, type Reply } from '../redis/reply.js'
import { argumentAt, pushField, pushReply, textAt } from './convert.js'
import { lua, to_luastring } from './lua-5.1.js'
import type { ScriptHost } from './script-host.js'

const NO_COMMAND = 'ERR Please specify at least one argument for this redis lib call'
const BAD_ARGUMENT = 'ERR Lua redis lib command arguments must be strings or integers'
const NOT_ONE_STRING = 'wrong number or type of arguments'

/** The global `redis` of scripts. */
export function createRedisTable(state: LuaState, host: ScriptHost): void {
  const functions: Record<string, LuaFunction> = {
    call: (inner) => {
      const reply = command(inner, host)
      pushReply(inner, reply)
      return reply instanceof ErrorReply ? lua.lua_error(inner) : 1
    },
    pcall: (inner) => {
      pushReply(inner, command(inner, host))
      return 1
    },
    error_reply: (inner) => single(inner, 'err', errorText),
    status_reply: (inner) => single(inner, 'ok', (said) => said),
    sha1hex: (inner) => {
      const bytes = argumentAt(inner, 1) ?? Buffer.alloc(0)
      lua.lua_pushstring(inner, to_luastring(createHash('sha1').update(bytes).digest('hex')))
      return 1
    },
    log: () => 0,
    replicate_commands: (inner) => {
      lua.lua_pushboolean(inner, true)
      return 1
    },
  }
  lua.lua_createtable(state, 0, Object.keys(functions).length)
  for (const [name, fn] of Object.entries(functions)) {
    lua.lua_pushcfunction(state, fn)
    lua.lua_setfield(state, -2, to_luastring(name))
  }
  lua.lua_setglobal(state, to_luastring('redis'))
}

function command(state: LuaState, host: ScriptHost): Reply {
  const count = lua.lua_gettop(state)
  if (count === 0) return new ErrorReply(NO_COMMAND)
  const args: Buffer[] = []
  for (let index = 1; index <= count; index++) {
    const argument = argumentAt(state, index)
    if (argument === undefined) return new ErrorReply(BAD_ARGUMENT)
    args.push(argument)
  }
  return host(args)
}

function single(state: LuaState, field: 'err' | 'ok', make: (said: string) => string): number {
  const isString = lua.lua_gettop(state) === 1 && lua.lua_type(state, 1) === lua.LUA_TSTRING
  if (isString) pushField(state, to_luastring(field), make(textAt(state, 1)))
  else pushField(state, to_luastring('err'), NOT_ONE_STRING)
  return 1
}

/** A leading minus is taken off; a single word gets the general code before it. */
function errorText(said: string): string {
  if (said.startsWith('-')) return said.slice(1)
  return said.includes(' ') ? said : `ERR ${said}`
}

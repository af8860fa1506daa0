import type { LuaState } from 'fengari'
import { ErrorReply, type Reply, Status } from '../redis/reply.js'
import { formatNumber } from './format-number.js'
import { lauxlib, lua, to_luastring } from './lua-5.1.js'

const ERR = to_luastring('err')
const STATUS = to_luastring('ok')

/** A reply as a script sees it: nil is `false`, a status `{ok=}`, an error `{err=}`. */
export function pushReply(state: LuaState, reply: Reply): void {
  if (reply === null) lua.lua_pushboolean(state, false)
  else if (typeof reply === 'number') lua.lua_pushnumber(state, reply)
  else if (Buffer.isBuffer(reply)) lua.lua_pushstring(state, new Uint8Array(reply))
  else if (reply instanceof Status) pushField(state, STATUS, reply.text)
  else if (reply instanceof ErrorReply) pushField(state, ERR, reply.message)
  else {
    lua.lua_createtable(state, reply.length, 0)
    for (const [i, part] of reply.entries()) {
      pushReply(state, part)
      lua.lua_rawseti(state, -2, i + 1)
    }
  }
}

export function pushField(state: LuaState, name: Uint8Array, value: string): void {
  lua.lua_createtable(state, 0, 1)
  lua.lua_pushstring(state, new Uint8Array(Buffer.from(value, 'latin1')))
  lua.lua_setfield(state, -2, name)
}

/** What a script returned, taken from the stack: numbers lose their fraction, a table ends at its first nil. */
export function popReply(state: LuaState): Reply {
  const reply = replyAt(state, lua.lua_gettop(state))
  lua.lua_pop(state, 1)
  return reply
}

function replyAt(state: LuaState, index: number): Reply {
  switch (lua.lua_type(state, index)) {
    case lua.LUA_TSTRING:
      return bytesAt(state, index)
    case lua.LUA_TNUMBER:
      return toLong(lua.lua_tonumber(state, index))
    case lua.LUA_TBOOLEAN:
      return lua.lua_toboolean(state, index) ? 1 : null
    case lua.LUA_TTABLE:
      return tableAt(state, index)
    default:
      return null
  }
}

/** C's conversion of a double, which gives the smallest integer for whatever does not fit. */
function toLong(value: number): number {
  return Math.abs(value) < 2 ** 63 ? Math.trunc(value) : -(2 ** 63)
}

function tableAt(state: LuaState, index: number): Reply {
  const error = fieldAt(state, index, ERR)
  if (error !== undefined) return new ErrorReply(error.replace(/[\r\n]/g, ' '))
  const status = fieldAt(state, index, STATUS)
  if (status !== undefined) return new Status(status.replace(/[\r\n]/g, ' '))
  const replies: Reply[] = []
  for (let at = 1; ; at++) {
    const isNil = lua.lua_rawgeti(state, index, at) === lua.LUA_TNIL
    if (isNil) {
      lua.lua_pop(state, 1)
      return replies
    }
    replies.push(popReply(state))
  }
}

/** Undefined unless it is a string. */
export function fieldAt(state: LuaState, index: number, name: Uint8Array): string | undefined {
  const type = lua.lua_getfield(state, index, name)
  const field = type === lua.LUA_TSTRING ? bytesAt(state, -1).toString('latin1') : undefined
  lua.lua_pop(state, 1)
  return field
}

/** An argument of `redis.call`; undefined for what is neither a string nor a number. */
export function argumentAt(state: LuaState, index: number): Buffer | undefined {
  const type = lua.lua_type(state, index)
  if (type === lua.LUA_TSTRING) return bytesAt(state, index)
  if (type !== lua.LUA_TNUMBER) return undefined
  return Buffer.from(formatNumber(lua.lua_tonumber(state, index), 17))
}

export function textAt(state: LuaState, index: number): string {
  const text = Buffer.from(lauxlib.luaL_tolstring(state, index)).toString('latin1')
  lua.lua_pop(state, 1)
  return text
}

function bytesAt(state: LuaState, index: number): Buffer {
  return Buffer.from(lua.lua_tostring(state, index))
}

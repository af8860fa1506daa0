import type { LuaState } from 'fengari'
import { formatNumber } from './format-number.js'
import { lauxlib, lua, to_luastring } from './lua-5.1.js'

const DIRECTIVE = /%([-+ #0]*\d*)(\.\d*)?([a-zA-Z%])/g

/** `string.format` as in C: `%d` of any number (fengari knows 32 bits and no fraction), ties of `%.0f` to even. */
export function replaceFormat(state: LuaState): void {
  lua.lua_getglobal(state, to_luastring('string'))
  lua.lua_getfield(state, -1, to_luastring('format'))
  const original = lauxlib.luaL_ref(state, lua.LUA_REGISTRYINDEX)
  lua.lua_pushcfunction(state, (inner) => {
    const form = rewritten(inner, Buffer.from(lauxlib.luaL_checkstring(inner, 1)))
    const count = lua.lua_gettop(inner)
    lua.lua_rawgeti(inner, lua.LUA_REGISTRYINDEX, original)
    lua.lua_insert(inner, 1)
    lua.lua_pushstring(inner, new Uint8Array(form))
    lua.lua_replace(inner, 2)
    lua.lua_call(inner, count, 1)
    return 1
  })
  lua.lua_setfield(state, -2, to_luastring('format'))
  lua.lua_pop(state, 1)
}

/** The format, with the arguments on the stack changed to suit it. */
function rewritten(state: LuaState, form: Buffer): Buffer {
  let index = 1
  const text = form
    .toString('latin1')
    .replaceAll(DIRECTIVE, (directive, flags: string, precision: string | undefined, letter) => {
      if (letter === '%') return directive
      index += 1
      if (!lua.lua_isnumber(state, index)) return directive
      const value = lua.lua_tonumber(state, index)
      if (letter === 'd' || letter === 'i') {
        replaceNumber(state, index, Math.trunc(value))
        return `%${flags}.0f`
      }
      if (letter === 'f' && precision === '.0') replaceNumber(state, index, toEven(value))
      if (letter === 's') replaceText(state, index)
      return directive
    })
  return Buffer.from(text, 'latin1')
}

function replaceNumber(state: LuaState, index: number, value: number): void {
  lua.lua_pushnumber(state, value)
  lua.lua_replace(state, index)
}

function replaceText(state: LuaState, index: number): void {
  if (lua.lua_type(state, index) !== lua.LUA_TNUMBER) return
  pushNumberAsText(state, index)
  lua.lua_replace(state, index)
}

function pushNumberAsText(state: LuaState, index: number): void {
  lua.lua_pushstring(state, to_luastring(formatNumber(lua.lua_tonumber(state, index), 14)))
}

function toEven(value: number): number {
  const floor = Math.floor(value)
  if (value - floor !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}

/** fengari's own does not ask `luaO_tostring`, which is where `lua-5.1.ts` sees to the form of numbers. */
export function replaceToString(state: LuaState): void {
  lua.lua_pushcfunction(state, (inner) => {
    if (lua.lua_type(inner, 1) === lua.LUA_TNUMBER) pushNumberAsText(inner, 1)
    else lauxlib.luaL_tolstring(inner, 1)
    return 1
  })
  lua.lua_setglobal(state, to_luastring('tostring'))
}

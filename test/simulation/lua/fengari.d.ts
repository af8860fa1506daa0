/** What the simulation uses of fengari, a Lua 5.3 in JavaScript that comes without types. */
declare module 'fengari' {
  export interface LuaState {
    readonly opaque: unique symbol
  }
  export interface LuaDebug {
    readonly what: Uint8Array
    readonly source: Uint8Array
    readonly currentline: number
  }
  export type LuaFunction = (state: LuaState) => number
  export function to_luastring(text: string): Uint8Array
  export const lua: {
    readonly LUA_OK: number
    readonly LUA_REGISTRYINDEX: number
    readonly LUA_MULTRET: number
    readonly LUA_TNIL: number
    readonly LUA_TBOOLEAN: number
    readonly LUA_TNUMBER: number
    readonly LUA_TSTRING: number
    readonly LUA_TTABLE: number
    lua_absindex(state: LuaState, index: number): number
    lua_call(state: LuaState, args: number, results: number): void
    lua_createtable(state: LuaState, array: number, record: number): void
    lua_error(state: LuaState): number
    lua_getfield(state: LuaState, index: number, name: Uint8Array): number
    lua_getglobal(state: LuaState, name: Uint8Array): number
    lua_getinfo(state: LuaState, what: Uint8Array, debug: LuaDebug): number
    lua_getstack(state: LuaState, level: number, debug: LuaDebug): number
    lua_gettop(state: LuaState): number
    lua_insert(state: LuaState, index: number): void
    lua_pcall(state: LuaState, args: number, results: number, handler: number): number
    lua_pop(state: LuaState, count: number): void
    lua_pushboolean(state: LuaState, value: boolean): void
    lua_pushcfunction(state: LuaState, fn: LuaFunction): void
    lua_pushglobaltable(state: LuaState): void
    lua_pushnil(state: LuaState): void
    lua_pushnumber(state: LuaState, value: number): void
    lua_pushstring(state: LuaState, value: Uint8Array): void
    lua_pushvalue(state: LuaState, index: number): void
    lua_rawgeti(state: LuaState, index: number, at: number): number
    lua_rawset(state: LuaState, index: number): void
    lua_rawseti(state: LuaState, index: number, at: number): void
    lua_replace(state: LuaState, index: number): void
    lua_setfield(state: LuaState, index: number, name: Uint8Array): void
    lua_setglobal(state: LuaState, name: Uint8Array): void
    lua_setmetatable(state: LuaState, index: number): void
    lua_settop(state: LuaState, index: number): void
    lua_toboolean(state: LuaState, index: number): boolean
    lua_tonumber(state: LuaState, index: number): number
    lua_tostring(state: LuaState, index: number): Uint8Array
    lua_isnumber(state: LuaState, index: number): boolean
    lua_type(state: LuaState, index: number): number
    lua_upvalueindex(index: number): number
    lua_Debug: new () => LuaDebug
  }
  export const lauxlib: {
    luaL_error(state: LuaState, text: Uint8Array): never
    luaL_checkstring(state: LuaState, index: number): Uint8Array
    luaL_loadbuffer(
      state: LuaState,
      text: Uint8Array,
      size: number | null,
      name: Uint8Array,
    ): number
    luaL_newstate(): LuaState
    luaL_ref(state: LuaState, table: number): number
    luaL_requiref(state: LuaState, name: Uint8Array, open: LuaFunction, global: number): void
    luaL_tolstring(state: LuaState, index: number): Uint8Array
  }
  export const lualib: {
    readonly luaopen_base: LuaFunction
    readonly luaopen_math: LuaFunction
    readonly luaopen_string: LuaFunction
    readonly luaopen_table: LuaFunction
  }
}

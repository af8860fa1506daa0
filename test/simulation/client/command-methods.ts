import { EventEmitter } from 'node:events'
import type { Argument } from './sent-command.js'

/** The commands by their names, for a class that can send any. Methods that end in `Buffer` leave bulk strings as bytes. */
export abstract class CommandMethods<R> extends EventEmitter {
  protected abstract command(name: string, args: readonly Argument[], asBuffers: boolean): R

  call(name: string, ...args: readonly Argument[]): R {
    return this.command(name, args, false)
  }
  callBuffer(name: string, ...args: readonly Argument[]): R {
    return this.command(name, args, true)
  }
  get(key: Argument): R {
    return this.command('get', [key], false)
  }
  getBuffer(key: Argument): R {
    return this.command('get', [key], true)
  }
  getrangeBuffer(key: Argument, start: number, end: number): R {
    return this.command('getrange', [key, start, end], true)
  }
  set(...args: readonly Argument[]): R {
    return this.command('set', args, false)
  }
  mget(...keys: readonly (Argument | readonly Argument[])[]): R {
    return this.command('mget', keys.flat(), false)
  }
  mgetBuffer(...keys: readonly (Argument | readonly Argument[])[]): R {
    return this.command('mget', keys.flat(), true)
  }
  del(...keys: readonly (Argument | readonly Argument[])[]): R {
    return this.command('del', keys.flat(), false)
  }
  unlink(...keys: readonly Argument[]): R {
    return this.command('unlink', keys, false)
  }
  exists(...keys: readonly Argument[]): R {
    return this.command('exists', keys, false)
  }
  pttl(key: Argument): R {
    return this.command('pttl', [key], false)
  }
  pexpire(...args: readonly Argument[]): R {
    return this.command('pexpire', args, false)
  }
  eval(...args: readonly Argument[]): R {
    return this.command('eval', args, false)
  }
  evalBuffer(...args: readonly Argument[]): R {
    return this.command('eval', args, true)
  }
  evalsha(...args: readonly Argument[]): R {
    return this.command('evalsha', args, false)
  }
  evalshaBuffer(...args: readonly Argument[]): R {
    return this.command('evalsha', args, true)
  }
  script(...args: readonly Argument[]): R {
    return this.command('script', args, false)
  }
  publish(channel: Argument, message: Argument): R {
    return this.command('publish', [channel, message], false)
  }
  ping(...args: readonly Argument[]): R {
    return this.command('ping', args, false)
  }
  time(): R {
    return this.command('time', [], false)
  }
  info(...sections: readonly Argument[]): R {
    return this.command('info', sections, false)
  }
  client(...args: readonly Argument[]): R {
    return this.command('client', args, false)
  }
  flushall(): R {
    return this.command('flushall', [], false)
  }
}

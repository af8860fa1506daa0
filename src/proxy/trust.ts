import { BlockList, isIP } from 'node:net'
import { InvalidOptionError } from '../errors.js'

/** Whether what a client at this address says of whom it speaks for is believed. */
export type Trust = (address: string | undefined) => boolean

const ALLOWED = "true, false, or addresses and subnets ('10.0.0.0/8', '::1')"

export function parseTrust(value: unknown, option: string): Trust {
  if (typeof value === 'boolean') return () => value
  if (!Array.isArray(value)) throw new InvalidOptionError(option, value, ALLOWED)
  const trusted = new BlockList()
  for (const one of value as readonly unknown[]) {
    if (!added(trusted, one)) throw new InvalidOptionError(option, one, ALLOWED)
  }
  return (address) => {
    const family = address === undefined ? undefined : familyOf(address)
    // an address of IPv4 written as one of IPv6 is found among those of IPv4
    return family !== undefined && trusted.check(address as string, family)
  }
}

function added(list: BlockList, value: unknown): boolean {
  if (typeof value !== 'string') return false
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(value) ?? []
  const family = familyOf(address)
  if (family === undefined) return false
  const most = family === 'ipv4' ? 32 : 128
  const prefix = bits === undefined ? most : Number(bits)
  if (prefix > most) return false
  list.addSubnet(address, prefix, family)
  return true
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  if (version === 0) return undefined
  return version === 4 ? 'ipv4' : 'ipv6'
}

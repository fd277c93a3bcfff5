/** Whether an address lies outside of this house's own machines and networks: what is told to others must not reach inwards. */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP, isIPv6 } from 'node:net';

const INSIDE = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  INSIDE.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  INSIDE.addSubnet(network, bits, 'ipv6');

/** Loopback, private, link-local, shared, test and multicast addresses are not; one of IPv4 within IPv6 is judged as what it is. */
export function isPublicAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isPublicAddress(mapped);
  return !INSIDE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Host of a URL without the brackets of IPv6. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');

const INSIDE_NAMES = /(^|\.)(localhost|local|internal|lan|home\.arpa)\.?$/i;

/** Why a URL may not be told of events; undefined where it may. A name is resolved: all of its addresses must be public. */
export async function insideOf(url: URL): Promise<string | undefined> {
  const host = hostOf(url);
  if (INSIDE_NAMES.test(host)) return '内部名称 a name of the inside';
  if (isIP(host) !== 0) return isPublicAddress(host) ? undefined : '内部地址 an address of the inside';
  const found = await lookup(host, { all: true }).catch(() => []);
  if (found.length === 0) return '名称无法解析 a name without an address';
  return found.every(({ address }) => isPublicAddress(address))
    ? undefined
    : '名称指向内部地址 a name of an address inside';
}

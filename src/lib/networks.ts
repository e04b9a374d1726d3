import { BlockList, isIP } from 'node:net';

const NETWORK = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i;

/** Whether this is an address or a network: `77.75.156.11`, `185.71.76.0/27`, `2a02:5180::/32`. */
export function isNetwork(text: string): boolean {
  const [, address = '', length] = NETWORK.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && Number(length ?? 0) <= (family === 4 ? 32 : 128);
}

/** Whether an address is one of these, or within these networks. An IPv4 address written as IPv6 is the same one. */
export function isWithin(networks: string[], address: string): boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [, start = '', length] = NETWORK.exec(network) ?? [];
    const family = isIP(start) === 4 ? 'ipv4' : 'ipv6';
    list.addSubnet(start, Number(length ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

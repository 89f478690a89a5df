// How often an address may ask, where the platform counts: a binding that keeps a number for each address in its memory.

export interface Limit {
  limit(of: { key: string }): Promise<{ success: boolean }>;
}

export async function allowed(limit: Limit | undefined, request: Request): Promise<boolean> {
  if (!limit) return true;
  const { success } = await limit.limit({ key: network(request.headers.get("cf-connecting-ip") ?? "unknown") });
  return success;
}

/** network is an address of IPv4, or the first 64 bits of one of IPv6. */
export function network(address: string): string {
  if (!address.includes(":")) return address;
  const [left = "", right = ""] = address.split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === "" ? [] : right.split(":");
  const zeros = address.includes("::") ? Array<string>(Math.max(0, 8 - head.length - tail.length)).fill("0") : [];
  return [...head, ...zeros, ...tail].slice(0, 4).join(":");
}

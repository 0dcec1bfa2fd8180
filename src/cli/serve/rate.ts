/** A bucket of requests per peer: full at first, refilled evenly, and forgotten once it is full again. */
export interface Rate {
  /** Takes one; otherwise in how many seconds the next one is there. */
  readonly take: (peer: string) => 'taken' | number
}

/** `nowMs` never goes back. No more than `mostPeers` are remembered; the one that asked longest ago is forgotten first. */
export function limitRate(
  { burst, perSecond }: { readonly burst: number; readonly perSecond: number },
  nowMs: () => number,
  mostPeers = 4096,
): Rate {
  const buckets = new Map<string, { readonly left: number; readonly atMs: number }>()
  return {
    take: (peer) => {
      const atMs = nowMs()
      const known = buckets.get(peer)
      const filled =
        known === undefined ? burst : Math.min(burst, known.left + ((atMs - known.atMs) / 1000) * perSecond)
      const isThere = filled >= 1
      // Anew at the end: the order of a map is that of insertion.
      buckets.delete(peer)
      buckets.set(peer, { left: isThere ? filled - 1 : filled, atMs })
      const [oldest] = buckets.keys()
      if (buckets.size > mostPeers && oldest !== undefined) buckets.delete(oldest)
      return isThere ? 'taken' : Math.ceil((1 - filled) / perSecond)
    },
  }
}

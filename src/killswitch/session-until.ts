/** Until when a session is permitted, as its permission says. */

/** RFC 3339; undefined where the content does not say. */
export function untilIn(content: string): string | undefined {
  try {
    const value: unknown = JSON.parse(content)
    const until: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'until') : undefined
    return typeof until === 'string' ? until : undefined
  } catch {
    return undefined
  }
}

/** What ties records to whoever called: DESK_TRACE_ID, else the trace id of TRACEPARENT. Where both are given, both go on record. */

export interface Trace {
  readonly traceId?: string
  /** As it was given (W3C trace context); only beside an id that won over it. */
  readonly traceparent?: string
}

/** What is not well formed counts as not given. */
export function traceOf(env: Readonly<Record<string, string | undefined>>): Trace {
  const own = env['DESK_TRACE_ID'] ?? ''
  const parent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(env['TRACEPARENT'] ?? '')
  const parentId = parent?.[1]
  if (!/^[\w.:-]{1,128}$/.test(own)) return parentId === undefined ? {} : { traceId: parentId }
  return { traceId: own, ...(parent === null ? {} : { traceparent: parent[0] }) }
}

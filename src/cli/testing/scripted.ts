/** The world of a case: the paper desk, and over it what the case says that adapters say. */
import type { Case, Saying } from '../../parse/cases.ts'
import type { Adapter, Call, Effected, Reading } from '../../ports/adapter.ts'
import { catalogue } from '../../ports/catalogue.ts'

export interface Scripted {
  readonly adapter: Adapter
  /** Told before each call, which step makes it. */
  readonly enter: (document: string, step: string) => void
  /** What the case says that no adapter could. */
  readonly problems: () => readonly string[]
}

/** `now` is the case's clock. */
export function scripted(inner: Adapter, says: Case['says'], now: () => Date): Scripted {
  let current: readonly string[] = []
  const used = new Map<string, number>()
  const problems = new Set<string>()
  const sayingFor = ({ port, method }: Call): Saying | undefined => {
    const key = [...current, `${port}.${method}`].find((name) => says.has(name))
    const sayings = key === undefined ? undefined : says.get(key)?.value
    if (key === undefined || sayings === undefined) return undefined
    const n = used.get(key) ?? 0
    used.set(key, n + 1)
    return sayings[Math.min(n, sayings.length - 1)]
  }
  const adapter: Adapter = {
    name: inner.name,
    has: inner.has,
    async read(call) {
      const saying = sayingFor(call)
      if (saying === undefined) return inner.read(call)
      const { failure, incomplete, ...fields } = saying
      if (typeof failure === 'string')
        return { kind: 'failure', reason: failure, source: `case/${call.port}`, unreachable: false }
      const reading = overlaid(await inner.read(call), call, fields, now)
      problems.add(problemWith(call, reading.value) ?? '')
      return { ...reading, complete: incomplete !== true }
    },
    async act(call): Promise<Effected> {
      const saying = sayingFor(call)
      for (const kind of ['failed', 'unknown'] as const) {
        const reason = saying?.[kind]
        if (typeof reason === 'string') return { kind, reason, source: `case/${call.port}` }
      }
      return inner.act(call)
    },
    lookup: (call) => inner.lookup(call),
  }
  return {
    adapter,
    enter: (document, step) => {
      current = [`${document}.${step}`, step]
    },
    problems: () => [...problems].filter((problem) => problem !== ''),
  }
}

type Valued = Extract<Reading, { kind: 'value' }>

/** Where the paper desk has no answer, the case's fields are the whole of it. */
function overlaid(reading: Reading, call: Call, fields: Saying, now: () => Date): Valued {
  const own = { asOf: now().toISOString(), source: `case/${call.port}`, complete: true }
  if (reading.kind === 'failure') return { kind: 'value', value: fields, ...own }
  const base = typeof reading.value === 'object' && reading.value !== null ? reading.value : {}
  return { ...own, ...reading, value: { ...base, ...fields } }
}

function problemWith({ port, method }: Call, value: unknown): string | undefined {
  const checked = catalogue.get(`${port}.${method}`)?.result.safeParse(value)
  if (checked === undefined || checked.success) return undefined
  const issue = checked.error.issues[0]
  return `${port}.${method} never answers this: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`
}

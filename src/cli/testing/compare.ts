/** What did not come true of a case, each as a finding at the line that expected it. */
import type { Played } from './play.ts'
import type { Case } from '../../parse/cases.ts'
import type { Located } from '../../parse/form.ts'
import type { Finding } from '../../source/diagnostic.ts'
import { suggestion } from '../../source/suggest.ts'
import { nodeAt, placeOf } from '../../walk/place.ts'
import { stepStatus } from '../../walk/shown.ts'
import { entryAt } from '../../walk/state.ts'

export function compare({ name, expect }: Case, played: Played): readonly Finding[] {
  const findings: Finding[] = played.problems.map((message) => ({
    ...error('test/impossible', message),
    span: name.span,
  }))
  const differ = (what: string, expected: Located<unknown> | undefined, seen: unknown): void => {
    if (expected === undefined || JSON.stringify(expected.value) === JSON.stringify(seen)) return
    const message = `${what}: expected ${words(expected.value)}, seen ${words(seen)}`
    findings.push({ ...error(`test/${what}`, message), span: expected.span })
  }
  differ('path', expect.path, played.path)
  differ('leaf', expect.leaf, played.leaf)
  differ('effects', expect.effects, played.effects)
  differ('outcome', expect.outcome, played.outcome)
  const statuses = stepStatuses(played)
  for (const expected of expect.steps) {
    const seen = statuses.get(expected.name)
    if (seen === undefined) findings.push(unknownName('step', expected, [...statuses.keys()]))
    else if (seen !== expected.value) findings.push(wrongStatus('step', expected, seen))
  }
  const gates = new Map<string, string>(played.gates?.gates.map(({ id, status }) => [id, status]))
  for (const expected of expect.gates) {
    const seen = gates.get(expected.name)
    if (seen === undefined) findings.push(unknownName('gate', expected, [...gates.keys()]))
    else if (seen !== expected.value) findings.push(wrongStatus('gate', expected, seen))
  }
  return findings
}

const error = (rule: string, message: string): Pick<Finding, 'rule' | 'severity' | 'message'> => ({
  ...{ rule, severity: 'error', message },
})

type Named = Located<string> & { readonly name: string }
const wrongStatus = (what: string, { name, value, span }: Named, seen: string): Finding => ({
  ...error(`test/${what}`, `${what} ${name}: expected ${value}, seen ${seen}`),
  span,
})

function unknownName(what: string, { name, span }: Named, known: readonly string[]): Finding {
  const hint = suggestion(name, known)
  const message = `there is no ${what} "${name}" in what was walked`
  return { ...error('test/unknown-name', message), span, ...(hint === undefined ? {} : { hint }) }
}

const words = (value: unknown): string =>
  Array.isArray(value) && value.length > 0 ? value.join(', ') : typeof value === 'string' ? value : 'nothing'

/** By id, and by `<document>.<id>`; the walked document's own ids first, also of what was not reached. */
function stepStatuses({ shown }: Played): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const put = (document: string, id: string, status: string): void => {
    found.set(`${document}.${id}`, status)
    if (!found.has(id)) found.set(id, status)
  }
  const nameOf = (graph: string): string => graph.slice(graph.indexOf('/') + 1)
  const isOwn = (path: string): boolean => path.startsWith(`${shown.root}#`)
  const entries = [...shown.state.entries].sort(([a], [b]) => Number(isOwn(b)) - Number(isOwn(a)))
  for (const [path, entry] of entries) {
    const { graph, node: id } = nodeAt(path)
    const node = [...shown.graphs].find(([known]) => known === graph)?.[1].nodes.get(id)
    if (node !== undefined && !found.has(`${nameOf(graph)}.${id}`))
      put(nameOf(graph), id, stepStatus(shown.state, node, path, entry))
  }
  for (const [id, node] of shown.graphs.get(shown.root)?.nodes ?? []) {
    const path = placeOf('', shown.root, id)
    if (!found.has(`${nameOf(shown.root)}.${id}`))
      put(nameOf(shown.root), id, stepStatus(shown.state, node, path, entryAt(shown.state, path)))
  }
  return found
}

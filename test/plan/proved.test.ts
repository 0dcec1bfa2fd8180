import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expressionsOf } from '../../src/check/expressions.ts'
import type { Env, Expr, Graph } from '../../src/model/graph.ts'
import { compileLibrary } from '../../src/plan/compile.ts'
import { graphOf, provedDocuments, type ProvedDocument } from '../../src/plan/proved.ts'
import { catalogue } from '../../src/ports/catalogue.ts'

const files = ['runbooks', 'trees', 'gates'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
    .map((name) => ({ path: `${folder}/${name}`, text: readFileSync(`${folder}/${name}`, 'utf8') })),
)
const library = compileLibrary(files, { catalogue })
const stored: unknown = JSON.parse(JSON.stringify(provedDocuments(library)))
const isProved = (value: unknown): value is ProvedDocument =>
  typeof value === 'object' && value !== null && 'about' in value
const proved = Array.isArray(stored) ? stored.filter(isProved) : []
const again = new Map(
  proved.map((document) => [
    document.about.graph,
    graphOf(document, library.documents.get(document.about.graph)?.file ?? '', catalogue),
  ]),
)

/** Everything but what expressions do. */
function structure(value: unknown): unknown {
  if (typeof value === 'function') return 'function'
  if (value instanceof Map)
    return { map: Array.from(value, ([key, item]: [unknown, unknown]) => [key, structure(item)]) }
  if (Array.isArray(value)) return value.map((item: unknown) => structure(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, structure(item)]))
}

const allOf = (graph: Graph): readonly Expr<unknown>[] => [
  ...graph.locks,
  ...[...graph.nodes.values()].flatMap((node) => [...expressionsOf(node)]),
]

function outcome(expr: Expr<unknown>, env: Env): unknown {
  try {
    return { value: expr.evaluate(env) }
  } catch (error) {
    return { thrown: error instanceof Error ? `${error.constructor.name}: ${error.message}` : error }
  }
}

const config = {
  desk: 'paper',
  model: 'signal',
  hosts: { inference: 8 },
  venues: ['primary', 'backup'],
  vendors: ['primary'],
  links: { brokerStatus: 'https://a.example/', dataStatus: 'https://b.example/', dashboard: 'https://c.example/' },
  roles: ['oncall'],
}
const run = { id: 'run-1', openedAt: '2026-11-20T14:00:00.000Z' }
const envs: readonly Env[] = [
  {},
  { config, run },
  {
    config,
    run,
    inputs: { model: 'signal', version: '2', venue: 'primary' },
    result: { status: 'ok', venue: 'primary' },
  },
]

describe('what the build has proved', () => {
  it('is every shipped document', () => {
    expect(proved.map(({ about }) => about.graph)).toEqual([...library.graphs.keys()])
    expect(proved.length).toBeGreaterThan(10)
  })

  it.each([...library.graphs.values()].map((graph) => [graph.id, graph] as const))(
    '%s has the same structure as when it is compiled',
    (id, graph) => {
      expect(structure(again.get(id))).toEqual(structure(graph))
    },
  )

  it('has expressions that do the same as when they are compiled', () => {
    let [count, values] = [0, 0]
    for (const [id, graph] of library.graphs) {
      const other = again.get(id)
      const [expected, found] = [allOf(graph), other === undefined ? [] : allOf(other)]
      expect(found).toHaveLength(expected.length)
      for (const [i, expr] of expected.entries()) {
        for (const env of envs) {
          const [one, two] = [outcome(expr, env), found[i] === undefined ? undefined : outcome(found[i], env)]
          expect(two, `${id}: ${expr.text}`).toEqual(one)
          count++
          if (typeof one === 'object' && one !== null && 'value' in one) values++
        }
      }
    }
    expect(count).toBeGreaterThan(500)
    expect(values).toBeGreaterThan(200)
  })

  it('refuses a library with findings', () => {
    const broken = compileLibrary([{ path: 'a.yaml', text: 'kind: tree\n' }], { catalogue })
    expect(() => provedDocuments(broken)).toThrow('not proved')
  })

  it('refuses data that no build wrote', () => {
    const [first] = proved
    if (first === undefined) throw new Error('no document')
    expect(() => graphOf({ ...first, graph: { object: {} } }, 'a.yaml', catalogue)).toThrow('npm run build')
    expect(() => graphOf({ ...first, graph: { odd: 1 } }, 'a.yaml', catalogue)).toThrow('neither')
  })
})

import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expressionsOf } from '../../src/check/expressions.ts'
import type { Env, Expr, Graph } from '../../src/model/graph.ts'
import { compileLibrary } from '../../src/plan/compile.ts'
import { holding } from '../../src/cli/proved-library.ts'
import { readProofs, writeProofs } from '../../src/plan/proof-lines.ts'
import { graphOf, provedDocuments } from '../../src/plan/proved.ts'
import { catalogue } from '../../src/ports/catalogue.ts'
import type { SourceFile } from '../../src/source/file.ts'

const files = ['runbooks', 'trees', 'gates'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
    .map((name) => ({ path: `${folder}/${name}`, text: readFileSync(`${folder}/${name}`, 'utf8') })),
)
const library = compileLibrary(files, { catalogue })
const { list, graphs } = writeProofs(provedDocuments(library))
const bytes = Buffer.from(graphs)
const proved = readProofs(list, (start, length) => bytes.subarray(start, start + length))
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
  profile: 'paper',
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

describe('a library of which a part is proved', () => {
  const provedOf = (held: readonly SourceFile[]) =>
    new Map([...holding(held, proved)].map(([file, { about }]) => [file, about.graph]))
  const own: SourceFile = {
    path: 'runbooks/own.yaml',
    text: 'kind: runbook\nid: own\ntitle: Own\ncategory: operations\nsource: x\nfrequency: { text: Always }\ntrigger: { text: It }\nsteps:\n  - { id: halt, run: killswitch }\n  - { id: other, run: killswich }\n',
  }
  const changed = (id: string, from: string, to: string): readonly SourceFile[] =>
    files.map((file) => (file.path.endsWith(`/${id}.yaml`) ? { ...file, text: file.text.replace(from, to) } : file))

  it('is all of it where nothing was changed', () => {
    expect(provedOf(files).size).toBe(files.length)
  })

  it('compiles what is new, and what that reaches, with the findings of a whole compilation', () => {
    const all = [...files, own]
    const held = provedOf(all)
    expect(held.size).toBe(files.length)
    const part = compileLibrary(all, { catalogue, proved: held })
    const whole = compileLibrary(all, { catalogue })
    expect(part.findings.length).toBeGreaterThan(0)
    expect(part.findings).toEqual(whole.findings)
    expect([...part.documents.keys()]).toEqual(expect.arrayContaining(['runbook/own', 'runbook/killswitch']))
    expect(part.documents.size).toBeLessThan(whole.documents.size)
  })

  it.each(files.map(({ path }) => path))('does not hold for %s once it is changed, nor for what reaches it', (path) => {
    const id = path.slice(path.lastIndexOf('/') + 1, -5)
    const other = changed(id, 'title:', 'titel:')
    const held = provedOf(other)
    const reaching = proved.filter(
      ({ about, reaches }) => about.id === id || reaches.some((each) => each.endsWith(`/${id}`)),
    )
    expect(held.size).toBe(files.length - reaching.length)
    const part = compileLibrary(other, { catalogue, proved: held })
    expect(part.findings.length).toBeGreaterThan(0)
    expect(part.findings).toEqual(compileLibrary(other, { catalogue }).findings)
  })

  it.each(['killswitch', 'flatten'])(
    'gives the same findings where another file claims an id and calls %s',
    (callee) => {
      const text = own.text.replace('id: own', 'id: killswitch').replace('run: killswitch', `run: ${callee}`)
      const thief = { path: 'gates/thief.yaml', text }
      for (const all of [
        [...files, thief],
        [thief, ...files],
      ]) {
        const part = compileLibrary(all, { catalogue, proved: provedOf(all) })
        expect(part.findings.map(({ rule }) => rule)).toContain('check/duplicate-document')
        expect(part.findings).toEqual(compileLibrary(all, { catalogue }).findings)
      }
    },
  )

  it('holds for nothing where one document is there twice', () => {
    const [first] = files
    if (first === undefined) throw new Error('no file')
    expect(provedOf([...files, { ...first, path: first.path.replace('/', '/again/') }]).size).toBe(0)
  })

  it('does not hold for what reaches a document that is gone', () => {
    const gone = files.filter(({ path }) => path !== 'runbooks/killswitch.yaml')
    const held = provedOf(gone)
    expect(held.size).toBeLessThan(gone.length)
    expect(compileLibrary(gone, { catalogue, proved: held }).findings).toEqual(
      compileLibrary(gone, { catalogue }).findings,
    )
  })
})

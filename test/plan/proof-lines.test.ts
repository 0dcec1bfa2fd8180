import { describe, expect, it } from 'vitest'
import { type ProofTexts, readProofs, writeProofs } from '../../src/plan/proof-lines.ts'
import type { ProvedDocument } from '../../src/plan/proved.ts'

const document = (id: string, graph: unknown): ProvedDocument => ({
  about: { graph: `runbook/${id}`, id, kind: 'runbook', title: id, sha256: '0'.repeat(64) },
  names: { saves: [], lost: [] },
  reaches: [],
  graph,
})

const readBack = ({ list, graphs }: ProofTexts) => {
  const bytes = Buffer.from(graphs)
  return readProofs(list, (start, length) => bytes.subarray(start, start + length))
}

describe('proofs as lines', () => {
  it('come back as they were, in any script and with line breaks in their texts', () => {
    const documents = [
      document('one', { object: { title: 'a\nb' } }),
      document('two', { object: { title: 'Größe → 日本' } }),
      document('three', { object: { title: '' } }),
    ]
    expect(readBack(writeProofs(documents))).toEqual(documents)
  })

  it('are parsed one by one, and once', () => {
    const { list, graphs } = writeProofs([document('one', { object: {} }), document('two', { object: {} })])
    const [one, two] = graphs.split('\n')
    const [first, second] = readBack({ list, graphs: [one, '!'.repeat(two?.length ?? 0), ''].join('\n') })
    expect(first?.graph).toEqual({ object: {} })
    expect(first?.graph).toBe(first?.graph)
    expect(() => second?.graph).toThrow('runbook/two is not what was proved')
  })

  it('are refused where they are cut off, or another graph of the same length', () => {
    const { list, graphs } = writeProofs([document('one', { object: { limit: 1 } })])
    expect(() => readBack({ list, graphs: graphs.slice(0, -3) })[0]?.graph).toThrow('npm run build')
    expect(() => readBack({ list, graphs: graphs.replace('1', '9') })[0]?.graph).toThrow('npm run build')
  })

  it('are refused where they are something else', () => {
    expect(() => readBack({ list: '{}', graphs: '' })).toThrow('npm run build')
    expect(() => readBack({ list: '[{"about":{}}]', graphs: '' })).toThrow('npm run build')
  })
})

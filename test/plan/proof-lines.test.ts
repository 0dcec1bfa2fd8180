import { describe, expect, it } from 'vitest'
import { readProofs, writeProofs } from '../../src/plan/proof-lines.ts'
import type { ProvedDocument } from '../../src/plan/proved.ts'

const document = (id: string, graph: unknown): ProvedDocument => ({
  about: { graph: `runbook/${id}`, id, kind: 'runbook', title: id, sha256: '0'.repeat(64) },
  names: { saves: [], lost: [] },
  reaches: [],
  graph,
})

describe('proofs as lines', () => {
  it('come back as they were, in any script and with line breaks in their texts', () => {
    const documents = [
      document('one', { object: { title: 'a\nb' } }),
      document('two', { object: { title: 'Größe → 日本' } }),
      document('three', { object: { title: '' } }),
    ]
    const read = readProofs(Buffer.from(writeProofs(documents)))
    expect(read).toEqual(documents)
  })

  it('are parsed one by one, and once', () => {
    const text = writeProofs([document('one', { object: {} }), document('two', { object: {} })])
    const [head, one, two] = text.split('\n')
    const [first, second] = readProofs(Buffer.from([head, one, '!'.repeat(two?.length ?? 0), ''].join('\n')))
    expect(first?.graph).toEqual({ object: {} })
    expect(first?.graph).toBe(first?.graph)
    expect(() => second?.graph).toThrow(SyntaxError)
  })

  it('are refused where they are something else', () => {
    expect(() => readProofs(Buffer.from('{}\n'))).toThrow('npm run build')
    expect(() => readProofs(Buffer.from('[{"about":{}}]\n'))).toThrow('npm run build')
  })
})

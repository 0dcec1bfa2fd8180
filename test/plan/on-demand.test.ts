import { describe, expect, it } from 'vitest'
import { OnDemand } from '../../src/plan/on-demand.ts'

function counted(): { readonly made: string[]; readonly map: OnDemand<string, { readonly name: string }> } {
  const made: string[] = []
  const maker = (name: string) => [name, () => (made.push(name), { name })] as const
  return { made, map: new OnDemand(new Map([maker('a'), maker('b'), maker('c')])) }
}

describe('a map of what is made on demand', () => {
  it('makes only what is asked for, once', () => {
    const { made, map } = counted()
    expect([map.size, map.has('a'), map.has('d'), [...map.keys()]]).toEqual([3, true, false, ['a', 'b', 'c']])
    expect(map.get('d')).toBeUndefined()
    expect(made).toEqual([])
    expect(map.get('b')).toBe(map.get('b'))
    expect(made).toEqual(['b'])
  })

  it('keeps its order, whatever was made first', () => {
    const { made, map } = counted()
    map.get('c')
    expect([...map].map(([key, { name }]) => key + name)).toEqual(['aa', 'bb', 'cc'])
    expect([...map.values()].map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    const seen: string[] = []
    map.forEach((value, key, whole) => seen.push(key + value.name + String(whole === map)))
    expect(seen).toEqual(['aatrue', 'bbtrue', 'cctrue'])
    expect(made).toEqual(['c', 'a', 'b'])
  })
})

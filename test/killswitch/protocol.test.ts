import { expect, test } from 'vitest'
import { explore, halt, release, rewrite } from './explorer.ts'
import { type Case, active, all, asked, cases } from './protocol-cases.ts'

test.each<Case>([
  { title: 'a file rewritten by rename', programs: [rewrite, halt('P', 1)], files: active, claims: { 1: ['trade'] } },
  {
    title: 'a halt that only unlinks',
    programs: [halt('P', 0), release('a', false)],
    files: asked,
    claims: { 0: all },
  },
  {
    title: 'a halt without the second unlink',
    programs: [halt('PR', 0), release('a', false)],
    files: asked,
    claims: { 0: all },
  },
])('broken: $title', ({ programs, files, claims }) => {
  expect(explore(programs, files, claims).broken).toContain('is in force although')
})

test.each(cases)('holds: $title', ({ programs, files, claims }) => {
  const { states, broken } = explore(programs, files, claims)
  expect(broken).toBeUndefined()
  // Fewer would mean that the search did not look.
  expect(states).toBeGreaterThan(100)
})

test.each(cases.filter(({ programs }) => programs.length < 4))('deaths are counted right: $title', (each) => {
  const { programs, files, claims } = each
  const { withDeaths } = explore(programs, files, claims)
  const killed = explore(programs, files, claims, true)
  expect(killed).toEqual({ states: withDeaths, withDeaths, broken: undefined })
})

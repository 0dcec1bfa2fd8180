import { describe, expect, test } from 'vitest'
import { renderText } from '../../src/source/render/text.ts'
import { compileBeside, fixture, fixtureNames, neighbourFindings } from '../support/fixtures.ts'

const failing = fixtureNames('err')
const passing = fixtureNames('ok')

test('the library beside the fixtures is clean', () => {
  expect(neighbourFindings()).toEqual([])
})

test('every failing fixture has a passing one of the same name', () => {
  expect(failing.length).toBeGreaterThan(40)
  expect(passing).toEqual(failing)
})

describe('what is wrong is said with its place', () => {
  test.each(failing)('%s', (name) => {
    const file = { path: `${name}.yaml`, text: fixture(`err/${name}.yaml`) }
    const { findings } = compileBeside([file])
    expect(renderText(findings, new Map([[file.path, file]]))).toBe(fixture(`err/${name}.out`))
  })
})

describe('what is right gives a graph and no finding', () => {
  test.each(passing)('%s', (name) => {
    const { findings, graphs } = compileBeside([{ path: `${name}.yaml`, text: fixture(`ok/${name}.yaml`) }])
    expect(findings).toEqual([])
    expect([...graphs.keys()].map((id) => id.split('/')[1])).toContain(name)
  })
})

import { describe, expect, it } from 'vitest'
import { readStatusWords } from '../../../src/cli/fast/status-words.ts'

const globals = { json: false, plain: false }

describe('what desk status reads without the parser', () => {
  it.each([
    [[], { screen: 'home', exitCode: false, globals }],
    [['--json'], { screen: 'home', exitCode: false, globals: { ...globals, json: true } }],
    [['status'], { screen: 'status', exitCode: false, globals }],
    [
      ['--profile', 'live', 'status', '--exit-code', '--plain'],
      { screen: 'status', exitCode: true, globals: { json: false, plain: true, profile: 'live' } },
    ],
    [
      ['status', '--config', 'a.yaml', '--json'],
      { screen: 'status', exitCode: false, globals: { ...globals, json: true, config: 'a.yaml' } },
    ],
  ])('%j', (argv, words) => {
    expect(readStatusWords(argv)).toEqual(words)
  })

  it.each([
    [['status', '--watch']],
    [['status', '--help']],
    [['status', 'now']],
    [['status', 'status']],
    [['status', '--json', '--json']],
    [['--exit-code', 'status']],
    [['status', '--profile']],
    [['status', '--profile', '--json']],
    [['status', '--profile', '']],
    [['status', '--profile=live']],
    [['status', '--', '--json']],
    [['stauts']],
  ])('leaves %j to the parser', (argv) => {
    expect(readStatusWords(argv)).toBeUndefined()
  })
})

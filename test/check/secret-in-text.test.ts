import { expect, it } from 'vitest'
import { configuredSecretsIn } from '../../src/check/secret-in-text.ts'

it('finds what the configuration calls secret wherever it stands, and not what is too short to be told from chance', () => {
  const files = [
    { path: 'a.yaml', text: 'id: a\n# old key: tigerlily\n' },
    { path: 'b.yaml', text: 'id: pass\n' },
  ]
  expect(configuredSecretsIn(files, ['tigerlily', 'pass'])).toMatchObject([
    { rule: 'check/secret-in-text', severity: 'error', span: { file: 'a.yaml', start: 17, end: 26 } },
  ])
  expect(configuredSecretsIn(files, [])).toEqual([])
})

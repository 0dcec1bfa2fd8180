import { describe, expect, it } from 'vitest'
import { hidingIo } from '../../src/cli/hiding-io.ts'

describe('output', () => {
  it('holds no configured secret, in plain words or in JSON, from when they are known', () => {
    const said: string[] = []
    const put = (text: string): void => {
      said.push(text)
    }
    const io = hidingIo({ out: put, err: put, canPrompt: false, columns: 80, colour: false })
    const secret = 'p&ss"w0rd'
    io.err(`early ${secret}`)
    io.hide?.([secret])
    io.err(`cannot log in with ${secret}\n`)
    io.out(JSON.stringify({ url: `https://x/?k=${encodeURIComponent(secret)}`, secret }))
    expect(said).toEqual([
      `early ${secret}`,
      'cannot log in with [redacted]\n',
      '{"url":"https://x/?k=[redacted]","secret":"[redacted]"}',
    ])
  })
})

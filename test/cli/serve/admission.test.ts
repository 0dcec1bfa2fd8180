/** Who is let in: addresses, names of this server, tokens, and how often. */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLoopback, isOwnHost, isOwnOrigin } from '../../../src/cli/serve/peer.ts'
import { limitRate } from '../../../src/cli/serve/rate.ts'
import { bearerOf, readTokens } from '../../../src/cli/serve/tokens.ts'
import { type DeskError } from '../../../src/model/failure.ts'
import { temporaryDir } from '../../support/state.ts'

describe('addresses of this host', () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '::FFFF:127.0.0.1', '0:0:0:0:0:0:0:1'])(
    '%s',
    (address) => {
      expect(isLoopback(address)).toBe(true)
    },
  )
  it.each([
    '',
    'localhost',
    '10.0.0.1',
    '128.0.0.1',
    '::2',
    '::',
    '0.0.0.0',
    '::ffff:10.0.0.1',
    '127.0.0.1.example.com',
    '127.1',
  ])('not %j', (address) => {
    expect(isLoopback(address)).toBe(false)
  })
})

describe('the Host header', () => {
  const names = ['desk.example.com']
  it.each([
    'localhost',
    'LOCALHOST:8080',
    '127.0.0.1',
    '127.0.0.1:8080',
    '[::1]:8080',
    '10.1.2.3:80',
    'desk.example.com',
    'Desk.Example.com:443',
  ])('names this server: %s', (host) => {
    expect(isOwnHost(host, names)).toBe(true)
  })
  it.each([
    undefined,
    '',
    'evil.example',
    'desk.example.com.evil.example',
    'localhost.evil.example',
    'evil@localhost',
    'localhost/x',
    'localhost:99999',
    'local host',
    'localhost?x',
    'a b',
    '%',
  ])('does not: %s', (host) => {
    expect(isOwnHost(host, names)).toBe(false)
  })
  it('is never taken for an own name whatever it is, unless it is one', () => {
    fc.assert(
      fc.property(fc.domain(), fc.nat(65535), (domain, port) => {
        expect(isOwnHost(`${domain}:${String(port)}`, names)).toBe(domain.toLowerCase() === 'desk.example.com')
      }),
    )
  })
  it('a page of another origin is a stranger', () => {
    expect(isOwnOrigin(undefined, 'localhost')).toBe(true)
    expect(isOwnOrigin('http://localhost:8080', 'localhost:8080')).toBe(true)
    for (const origin of ['null', 'http://evil.example', 'http://localhost', 'https://localhost:8080', ''])
      expect(isOwnOrigin(origin, 'localhost:8080'), origin).toBe(false)
  })
})

describe('tokens', () => {
  const token = 'correct-horse-battery-staple'
  const sha256 = createHash('sha256').update(token).digest('hex')
  it('tell a person by the token alone, in a file or by its hash', () => {
    const file = join(temporaryDir(), 'token')
    writeFileSync(file, `${token}\n`)
    for (const known of [
      readTokens([{ person: 'risk', roles: ['halt'], sha256 }]),
      readTokens([{ person: 'risk', roles: ['halt'], file }]),
    ]) {
      expect(bearerOf(`Bearer ${token}`, known)).toEqual({ person: 'risk', roles: ['halt'] })
      expect(bearerOf(`bearer   ${token} `, known)).toEqual({ person: 'risk', roles: ['halt'] })
      for (const wrong of [
        undefined,
        '',
        'Bearer',
        'Bearer ',
        token,
        `Basic ${token}`,
        `Bearer ${token}x`,
        `Bearer x ${token}`,
        `Bearer ${sha256}`,
      ])
        expect(bearerOf(wrong, known), wrong).toBeUndefined()
    }
  })
  it('keep nothing that could be shown', () => {
    const known = readTokens([{ person: 'risk', roles: ['halt'], sha256 }])
    expect(JSON.stringify(known)).not.toContain(token)
  })
  it.each([
    ['missing', undefined, 'unreadable-token'],
    ['empty', '', 'weak-token'],
    ['short', 'secret', 'weak-token'],
    ['of several words', 'correct horse battery staple', 'weak-token'],
  ])('a file that is %s is refused', (_, text, code) => {
    const file = join(temporaryDir(), 'token')
    if (text !== undefined) writeFileSync(file, text)
    expect(() => readTokens([{ person: 'risk', roles: ['halt'], file }])).toThrow(
      expect.objectContaining({ code, exit: 78 }) as DeskError,
    )
  })
})

describe('the rate', () => {
  it('lets so many through at once and so many a second, each peer for itself', () => {
    let nowMs = 0
    const rate = limitRate({ burst: 3, perSecond: 2 }, () => nowMs)
    const takes = (peer: string, times: number) => Array.from({ length: times }, () => rate.take(peer))
    expect(takes('a', 4)).toEqual(['taken', 'taken', 'taken', 1])
    expect(takes('b', 1)).toEqual(['taken'])
    nowMs += 1000
    expect(takes('a', 3)).toEqual(['taken', 'taken', 1])
    nowMs += 3_600_000
    expect(takes('a', 4)).toEqual(['taken', 'taken', 'taken', 1])
  })
  it('remembers no more peers than it may, and forgets the one that asked longest ago', () => {
    const rate = limitRate({ burst: 1, perSecond: 0.001 }, () => 0, 2)
    expect(['a', 'b', 'a', 'c', 'b', 'a'].map((peer) => rate.take(peer) === 'taken')).toEqual([
      true,
      true,
      false,
      true,
      true,
      true,
    ])
  })
  it('never lets more through than time allows', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2000), { maxLength: 200 }), (waits) => {
        let nowMs = 0
        const rate = limitRate({ burst: 5, perSecond: 2 }, () => nowMs)
        let taken = 0
        for (const wait of waits) {
          nowMs += wait
          if (rate.take('a') === 'taken') taken++
        }
        expect(taken).toBeLessThanOrEqual(5 + (nowMs / 1000) * 2 + 1e-6)
      }),
    )
  })
})

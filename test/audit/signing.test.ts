import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { getArtefact, putArtefact } from '../../src/audit/artefact.ts'
import { parseCheckpoint } from '../../src/audit/checkpoint.ts'
import { loadOrCreateKey, loadVerifierKey } from '../../src/audit/key.ts'
import { formatVerifierKey, openNote, parseVerifierKey, signNote } from '../../src/audit/note.ts'
import { isCompactRange, Tree } from '../../src/audit/tree.ts'
import { disk } from '../../src/disk/write.ts'
import { temporaryDir } from '../support/state.ts'

describe('the tree', () => {
  it('has the roots of the test vectors of Certificate Transparency', () => {
    const hex = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
    const roots = [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ]
    const tree = new Tree()
    expect(tree.root()).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=')
    expect(
      hex.map(
        (leaf) => (
          tree.add(Buffer.from(leaf, 'hex').toString('latin1')),
          Buffer.from(tree.root(), 'base64').toString('hex')
        ),
      ),
    ).toEqual(roots)
  })

  it('goes on from its compact range', () => {
    for (let cut = 0; cut < 20; cut++) {
      const whole = new Tree()
      const before = new Tree()
      for (let i = 0; i < 20; i++) {
        whole.add(`line ${String(i)}`)
        if (i < cut) before.add(`line ${String(i)}`)
      }
      const after = new Tree()
      expect(after.addRange(before.range())).toBe(true)
      for (let i = cut; i < 20; i++) after.add(`line ${String(i)}`)
      expect(after.root()).toBe(whole.root())
      expect(isCompactRange(before.range())).toBe(true)
      expect(isCompactRange({ ...before.range(), size: cut * 2 + 1 })).toBe(false)
    }
  })

  it('goes on over any stretch in the middle that is a range, and over stretches of stretches', () => {
    const size = 21
    const line = (i: number): string => `line ${String(i)}`
    const grown = (from: number, to: number): Tree => {
      const tree = new Tree(from)
      for (let i = from; i < to; i++) tree.add(line(i))
      return tree
    }
    const whole = grown(0, size).root()
    for (let from = 0; from <= size; from++)
      for (let to = from; to <= size; to++) {
        const gone = grown(from, to).range()
        expect(isCompactRange(gone)).toBe(true)
        const tree = grown(0, from)
        expect(tree.addRange(gone)).toBe(true)
        for (let i = to; i < size; i++) tree.add(line(i))
        expect(tree.root()).toBe(whole)
        const half = Math.floor((from + to) / 2)
        const twice = grown(from, half)
        expect(twice.addRange(grown(half, to).range())).toBe(true)
        expect(twice.range()).toEqual(gone)
        if (to > from) expect(grown(0, from + 1).addRange(gone)).toBe(false)
      }
  })
})

describe('a signed note', () => {
  it('opens one that another implementation signed', () => {
    const key = parseVerifierKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')
    const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    const signature = 'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM='
    if (key === undefined) throw new Error('the key was not read')
    expect(openNote(`${text}\n\u2014 PeterNeumann ${signature}\n`, key)).toBe(text)
    expect(formatVerifierKey(key)).toContain('PeterNeumann+c74f20a3+')
  })

  it('is refused for another text, name, key or encoding', () => {
    const dir = temporaryDir()
    const signer = loadOrCreateKey(dir, 'desk/paper', 'x')
    const key = loadVerifierKey(dir)
    const other = loadOrCreateKey(temporaryDir(), 'desk/paper', 'x')
    if (key === undefined) throw new Error('no key')
    const note = signNote('one\ntwo\n', signer)
    expect(openNote(note, key)).toBe('one\ntwo\n')
    const otherKey = createPublicKey(other.key.export({ format: 'pem', type: 'pkcs8' }).toString())
    expect(openNote(note, { name: 'desk/paper', key: otherKey })).toBeUndefined()
    expect(openNote(note, { ...key, name: 'desk/live' })).toBeUndefined()
    for (const bad of [
      '',
      note.replace('two', 'too'),
      note.slice(0, -1),
      `${note}\n`,
      note.replace('\u2014', '-'),
      note.replace('\n\n', '\n'),
      `x${note}`,
    ]) {
      expect(openNote(bad, key)).toBeUndefined()
    }
  })
})

describe('the key', () => {
  it('is made once, kept private, and proves itself', () => {
    const dir = temporaryDir()
    const first = loadOrCreateKey(dir, 'desk/paper', 'a')
    const again = loadOrCreateKey(dir, 'desk/paper', 'b')
    expect(again.key.equals(first.key)).toBe(true)
    expect(statSync(`${dir}/audit/key.pem`).mode & 0o777).toBe(0o600)
    rmSync(`${dir}/audit/key.pub`)
    loadOrCreateKey(dir, 'desk/paper', 'c')
    expect(loadVerifierKey(dir)?.name).toBe('desk/paper')
    const text = readFileSync(`${dir}/audit/key.pub`, 'utf8')
    for (const bad of ['', text.slice(0, -1), text.replace('paper', 'other'), text.replace('+A', '+B')]) {
      writeFileSync(`${dir}/audit/key.pub`, bad)
      expect(() => loadVerifierKey(dir)).toThrow(expect.objectContaining({ code: 'key-broken', exit: 2 }))
    }
    expect(loadVerifierKey(temporaryDir())).toBeUndefined()
    expect(() => loadOrCreateKey(dir, 'two words', 'x')).toThrow(RangeError)
  })
})

describe('a checkpoint', () => {
  it('is read only in its own form', () => {
    const open = `open run-x.0.ndjson 2 300 ${'0'.repeat(64)}`
    expect(parseCheckpoint(`desk/paper\n8\nroot\ntime 2026-11-20T12:00:00.000Z\n${open}\nfuture line\n`)).toEqual({
      origin: 'desk/paper',
      size: 8,
      root: 'root',
      time: '2026-11-20T12:00:00.000Z',
      open: [{ segment: 'run-x.0.ndjson', records: 2, bytes: 300, head: '0'.repeat(64) }],
    })
    for (const bad of ['', 'a\nb\nc\ntime x\n', 'a\n08\nc\ntime x\n', 'a\n8\nc\n', 'a\n-1\nc\ntime x\n'])
      expect(parseCheckpoint(bad)).toBeUndefined()
  })
})

describe('an artefact', () => {
  it('is stored once by its content, and never believed when it changed', () => {
    const dir = `${temporaryDir()}/state`
    const content = Buffer.from('evidence')
    const name = putArtefact(dir, content, 'a')
    expect(putArtefact(dir, content, 'b')).toBe(name)
    expect(getArtefact(dir, name)).toEqual({ kind: 'content', content })
    expect(statSync(`${dir}/audit/artefacts/${name}`).mode & 0o777).toBe(0o600)
    writeFileSync(`${dir}/audit/artefacts/${name}`, 'evidenc3')
    expect(getArtefact(dir, name)).toEqual({ kind: 'changed' })
    expect(getArtefact(dir, '0'.repeat(64))).toEqual({ kind: 'missing' })
    expect(getArtefact(dir, '../key.pem')).toEqual({ kind: 'missing' })
  })

  it('does not exist under its name when the disk was full', () => {
    const dir = `${temporaryDir()}/state`
    const full = {
      ...disk,
      write: (): number => {
        throw Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' })
      },
    }
    expect(() => putArtefact(dir, Buffer.from('evidence'), 'a', full)).toThrow(expect.objectContaining({ exit: 73 }))
    const name = putArtefact(dir, Buffer.from('evidence'), 'b')
    expect(getArtefact(dir, name).kind).toBe('content')
  })
})

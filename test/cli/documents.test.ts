import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { documentPaths, readDocuments } from '../../src/cli/documents.ts'
import { DeskError } from '../../src/model/failure.ts'
import { temporaryDir } from '../support/state.ts'

function refusal(configured: readonly string[]): unknown {
  try {
    return documentPaths(configured).size
  } catch (error) {
    if (!(error instanceof DeskError)) throw error
    return [error.code, error.exit]
  }
}

it('an own folder hides shipped documents, also through a link', () => {
  const own = temporaryDir()
  mkdirSync(join(own, 'trees'))
  writeFileSync(join(own, 'mounted'), '')
  symlinkSync(join(own, 'mounted'), join(own, 'trees', 'no-fills.yaml'))
  expect(documentPaths([own]).get('trees/no-fills')).toBe(join(own, 'trees', 'no-fills.yaml'))
  expect(documentPaths([]).get('trees/no-fills')).not.toContain(own)
})

it('a folder that is gone, is none or cannot be read never leaves the shipped documents in its place', () => {
  const own = temporaryDir()
  expect(refusal([join(own, 'gone')])).toEqual(['no-documents', 78])
  writeFileSync(join(own, 'trees'), '')
  expect(refusal([join(own, 'trees')])).toEqual(['no-documents', 78])
  expect(refusal([own])).toEqual(['no-documents', 78])
  rmSync(join(own, 'trees'))
  expect(refusal([own])).toBe(documentPaths([]).size)
})

it('one id twice in a folder is refused', () => {
  const own = temporaryDir()
  mkdirSync(join(own, 'runbooks'))
  for (const name of ['killswitch.yaml', 'killswitch.yml']) writeFileSync(join(own, 'runbooks', name), '')
  expect(refusal([own])).toEqual(['two-documents', 78])
})

it('a device or a pipe is no document, and is not read', () => {
  const own = temporaryDir()
  symlinkSync('/dev/zero', join(own, 'endless.yaml'))
  spawnSync('mkfifo', [join(own, 'pipe.yaml')])
  const { files, findings } = readDocuments([join(own, 'endless.yaml'), join(own, 'pipe.yaml')], own)
  expect(files).toEqual([])
  expect(findings.map(({ rule, message }) => [rule, message.split(',')[0]])).toEqual([
    ['parse/unreadable', 'ENOTSUP: not a regular file'],
    ['parse/unreadable', 'ENOTSUP: not a regular file'],
  ])
})

// Whether dist/ is what a build would make of the files that are there now, byte by byte on both sides: then it need not be made again.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Named is what no build reads, so that whatever is added counts; of `test` it reads the documents by which it explains the rules. */
const unread = /^(?:\.git|node_modules|dist|dist\.building-\d+|coverage|docs|bench|test\/(?!fixtures(?:\/|$))[^/]+)$/
/** Kept with what is installed, so that whoever installs anew builds anew. */
const noteIn = (root) => join(root, 'node_modules', '.cache', 'desk-build', 'fresh')

/** All that a build depends on, as one word; `about` is what it does not find in files. Undefined where nothing says what is installed. */
export function inputsOf(root, about) {
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return undefined
  const hash = createHash('sha256').update(JSON.stringify([about, process.version, process.arch, process.platform]))
  addFile(hash, root, 'node_modules/.package-lock.json')
  addFolder(hash, root, '')
  return hash.digest('hex')
}

/** Whether what was noted last is what is there: the same inputs, and the output that was made of them. */
export function isFresh(root, inputs) {
  if (inputs === undefined || !existsSync(noteIn(root)) || !existsSync(join(root, 'dist'))) return false
  return readFileSync(noteIn(root), 'utf8') === noteOf(root, inputs)
}

/** Called when dist/ has been made of these inputs. */
export function noteFresh(root, inputs) {
  if (inputs === undefined) return
  mkdirSync(dirname(noteIn(root)), { recursive: true })
  writeFileSync(noteIn(root), noteOf(root, inputs))
}

function noteOf(root, inputs) {
  const outputs = createHash('sha256')
  addFolder(outputs, root, 'dist')
  return `${inputs} ${outputs.digest('hex')}\n`
}

function addFolder(hash, root, folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (unread.test(path)) continue
    const is = statSync(join(root, path), { throwIfNoEntry: false })
    if (is?.isDirectory()) addFolder(hash, root, path)
    else if (is?.isFile()) addFile(hash, root, path)
  }
}

function addFile(hash, root, path) {
  const content = createHash('sha256')
    .update(readFileSync(join(root, path)))
    .digest('hex')
  hash.update(`${JSON.stringify(path)} ${content}\n`)
}

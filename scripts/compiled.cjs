'use strict'
// Loads the chunks of the program as the build has compiled them: parsing them anew at every start takes as long as running them. The
// build puts this text at the head of the entry.
//
// What was compiled lies in `compiled/<chunk>.bin`, twice, beside a copy of the source that it was compiled from. It counts only while
// both are the same and the chunk is so to the byte: V8 itself looks at the length of the source and at nothing else. Another version
// of Node refuses it. Where it does not count, the chunk is compiled anew.
//
// Chunks lie side by side and name each other by './<chunk>', so nothing has to be looked up: Node would read package files and follow
// links for half a millisecond each.
const { readFileSync } = require('node:fs')
const { basename, dirname, join } = require('node:path')
const vm = require('node:vm')

const [head, tail] = ['(function (exports, require, module, __filename, __dirname) { ', '\n})']
/** Below it, reading another file costs more than parsing. */
const smallestBytes = 8192

const packed = (source, code) => Buffer.concat([code, code, source])

/** Undefined for anything but what `packed` made of this very source. */
function unpacked(bytes, source) {
  const size = (bytes.length - source.length) / 2
  if (!Number.isInteger(size) || size <= 0 || !bytes.subarray(2 * size).equals(source)) return undefined
  const code = bytes.subarray(0, size)
  return code.equals(bytes.subarray(size, 2 * size)) ? code : undefined
}

function codeOf(folder, filename, source) {
  if (source.length < smallestBytes) return undefined
  try {
    return unpacked(readFileSync(join(folder, `${basename(filename)}.bin`)), source)
  } catch {
    return undefined
  }
}

/**
 * Has Node load the chunks in `dist` this way. `loaded`: those that are there already, by path. `folder` and `seen` are for the build
 * alone: where it collects, and who is told of each script.
 */
function install(dist, loaded = new Map(), folder = join(dist, 'compiled'), seen) {
  const chunks = join(dist, 'chunks')
  const plain = require.extensions['.js']
  const requireFrom = (parent) => {
    const beyond = parent.require.bind(parent)
    return (id) => {
      if (!id.startsWith('./')) return beyond(id)
      const filename = join(chunks, id)
      const there = loaded.get(filename)
      if (there !== undefined) return there.exports
      const chunk = Object.assign(new parent.constructor(filename, parent), { filename, paths: [] })
      load(chunk, filename)
      return chunk.exports
    }
  }
  const load = (module, filename) => {
    if (dirname(filename) !== chunks) return plain(module, filename)
    loaded.set(filename, module)
    const source = readFileSync(filename)
    // The build has escaped what is not ASCII.
    const script = new vm.Script(head + source.toString('latin1') + tail, {
      filename,
      cachedData: codeOf(folder, filename, source),
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    })
    seen?.(script, filename, source)
    const run = script.runInThisContext()
    run.call(module.exports, module.exports, requireFrom(module), module, filename, chunks)
  }
  for (const chunk of loaded.values()) chunk.require = requireFrom(chunk)
  require.extensions['.cjs'] = load
}

module.exports = { install, packed, unpacked }

'use strict'
// Loads the chunks of the program as the build has compiled them: parsing them anew at every start takes as long as running them. The
// build puts this text at the head of the entry.
//
// What was compiled lies in `compiled/<chunk>.bin`, twice, beside a copy of the source that it was compiled from. It counts only while
// both are the same and the chunk is so to the byte: V8 itself looks at the length of the source and at nothing else. Another version
// of Node refuses it. Where it does not count, the chunk is loaded as ever.
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

function codeOf(dist, filename, source) {
  try {
    return unpacked(readFileSync(join(dist, 'compiled', `${basename(filename)}.bin`)), source)
  } catch {
    return undefined
  }
}

/** Has Node load the chunks in `dist` this way. `seen`, for the build alone, is told of each script; nothing compiled is used then. */
function install(dist, seen) {
  const chunks = join(dist, 'chunks')
  const plain = require.extensions['.js']
  require.extensions['.cjs'] = (module, filename) => {
    if (dirname(filename) !== chunks) return plain(module, filename)
    const source = readFileSync(filename)
    if (source.length < smallestBytes) return plain(module, filename)
    const cachedData = seen === undefined ? codeOf(dist, filename, source) : undefined
    if (cachedData === undefined && seen === undefined) return plain(module, filename)
    // The build has escaped what is not ASCII.
    const script = new vm.Script(head + source.toString('latin1') + tail, {
      filename,
      cachedData,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    })
    seen?.(script, filename, source)
    const run = script.runInThisContext()
    run.call(module.exports, module.exports, (id) => module.require(id), module, filename, chunks)
  }
}

module.exports = { install, packed, unpacked }

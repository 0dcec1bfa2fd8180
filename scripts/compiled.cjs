'use strict'
// Loads the chunks of the program as the build has compiled them: parsing them anew at every start takes as long as running them.
//
// What was compiled lies in `compiled/<chunk>.bin` behind a checksum and a copy of the source that it was compiled from. It counts only
// while the chunk is the same to the byte and the file is whole, because V8 itself looks at the length of the source and nothing else.
// Another version of Node refuses it. Where it does not count, the chunk is loaded as ever.
const { readFileSync } = require('node:fs')
const { basename, dirname, join } = require('node:path')
const vm = require('node:vm')

const chunks = join(__dirname, 'chunks')
const compiled = join(__dirname, 'compiled')
const [head, tail] = ['(function (exports, require, module, __filename, __dirname) { ', '\n})']
const headerBytes = 8
/** Below it, reading another file costs more than parsing. */
const smallest = 8192

/** FNV-1a over words of 32 bits; `bytes` begins at a multiple of 4 in its buffer. The last 0 to 3 bytes are padding. */
function checksumOf(bytes) {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
  let sum = 0x811c9dc5 | 0
  for (let i = 0; i < words.length; i++) sum = Math.imul(sum ^ words[i], 0x01000193)
  return sum
}

/** [checksum of the code, length of the code, code with padding, source]. */
function packed(source, code) {
  const bytes = Buffer.alloc(headerBytes + ((code.length + 3) & ~3) + source.length)
  bytes.writeUInt32LE(code.length, 4)
  code.copy(bytes, headerBytes)
  source.copy(bytes, bytes.length - source.length)
  bytes.writeInt32LE(checksumOf(bytes.subarray(headerBytes, bytes.length - source.length)), 0)
  return bytes
}

/** Undefined for anything but what `packed` made of this very source. */
function unpacked(bytes, source) {
  const end = headerBytes + bytes.readUInt32LE(4)
  const padded = bytes.length - source.length
  if (padded !== ((end + 3) & ~3) || !bytes.subarray(padded).equals(source)) return undefined
  return bytes.readInt32LE(0) === checksumOf(bytes.subarray(headerBytes, padded))
    ? bytes.subarray(headerBytes, end)
    : undefined
}

function codeOf(filename, source) {
  try {
    const bytes = readFileSync(join(compiled, `${basename(filename)}.bin`))
    return unpacked(bytes.byteOffset % 4 === 0 ? bytes : Buffer.from(Uint8Array.from(bytes).buffer), source)
  } catch {
    return undefined
  }
}

/** Has Node load chunks this way. `seen`, for the build alone, is told of each script, and nothing compiled is used. */
function install(seen) {
  const plain = require.extensions['.js']
  require.extensions['.cjs'] = (module, filename) => {
    if (dirname(filename) !== chunks) return plain(module, filename)
    const source = readFileSync(filename)
    if (source.length < smallest) return plain(module, filename)
    const cachedData = seen === undefined ? codeOf(filename, source) : undefined
    if (cachedData === undefined && seen === undefined) return plain(module, filename)
    const script = new vm.Script(head + source.toString('utf8') + tail, {
      filename,
      cachedData,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    })
    seen?.(script, filename, source)
    const run = script.runInThisContext()
    run.call(module.exports, module.exports, (id) => module.require(id), module, filename, chunks)
  }
}

module.exports = { install, packed, compiled }

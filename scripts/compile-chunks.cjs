'use strict'
// Runs one command line of the built program and keeps what V8 compiled on the way: node compile-chunks.cjs <dist> <folder> <arguments>
const { existsSync, statSync, writeFileSync } = require('node:fs')
const { basename, join } = require('node:path')

const [dist, folder, ...args] = process.argv.splice(2)
process.argv.push(...args)
const { install, packed } = require('./compiled.cjs')
const scripts = []
install(dist, (script, filename, source) => scripts.push({ script, filename, source }))
process.on('exit', () => {
  for (const { script, filename, source } of scripts) {
    const bytes = packed(source, script.createCachedData())
    const path = join(folder, `${basename(filename)}.bin`)
    // Of several command lines the one that used most of a chunk counts.
    if (!existsSync(path) || statSync(path).size < bytes.length) writeFileSync(path, bytes)
  }
})
require(join(dist, 'desk.cjs'))

'use strict'
// Runs one command line of the built program and adds what V8 compiled on the way to what earlier ones left in the folder:
// node compile-chunks.cjs <dist> <folder> <arguments>
const { writeFileSync } = require('node:fs')
const { basename, join } = require('node:path')

const [dist, folder, ...args] = process.argv.splice(2)
process.argv.push(...args)
const { install, packed } = require('./compiled.cjs')
const scripts = []
install(dist, new Map(), folder, (script, filename, source) => scripts.push({ script, filename, source }))
process.on('exit', () => {
  for (const { script, filename, source } of scripts) {
    writeFileSync(join(folder, `${basename(filename)}.bin`), packed(source, script.createCachedData()))
  }
})
require(join(dist, 'desk.cjs'))

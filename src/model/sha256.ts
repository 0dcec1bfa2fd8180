/**
 * SHA-256 (FIPS 180-4), in hex. Loading Node's cipher library takes a fifth of the whole life of a bare Node, so the few records of a halt
 * are hashed here; as soon as the library is there for anything else, or there is more to hash, it does all of it.
 */
import type * as Ciphers from 'node:crypto'
import { getBuiltinModule } from 'node:process'

/** Beyond it the library is faster, its loading included (`bench/gate.mjs`). */
let bytesLeft = 16 * 1024
let library: typeof Ciphers | undefined

/** Node's own, loaded when it is first needed. */
export const cipherLibrary = (): typeof Ciphers => (library ??= getBuiltinModule('node:crypto'))

export function sha256(data: string | Uint8Array): string {
  if (library === undefined && data.length <= bytesLeft) {
    bytesLeft -= data.length
    return computeSha256(typeof data === 'string' ? Buffer.from(data) : data)
  }
  return cipherLibrary().hash('sha256', data)
}

const blockBytes = 64
/** The first 32 bits of the fractional parts of the square roots of the first eight primes, and of the cube roots of the first 64. */
const initial = Int32Array.of(
  ...[0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19],
)
const rounds = Int32Array.of(
  ...[0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5],
  ...[0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174],
  ...[0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da],
  ...[0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967],
  ...[0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85],
  ...[0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070],
  ...[0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3],
  ...[0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2],
)

/** The same as the library's, for any length below 2^29 bytes. */
export function computeSha256(data: Uint8Array): string {
  const message = padded(data)
  const state = Int32Array.from(initial)
  const schedule = new Int32Array(rounds.length)
  for (let start = 0; start < message.length; start += blockBytes) {
    fillSchedule(schedule, message, start)
    compress(state, schedule)
  }
  let hex = ''
  for (const word of state) hex += (word >>> 0).toString(16).padStart(8, '0')
  return hex
}

/** Then a one bit, zeros to the end of a block, and the length in bits in its last eight bytes. */
function padded(data: Uint8Array): Uint8Array {
  const length = (Math.floor((data.length + 8) / blockBytes) + 1) * blockBytes
  const message = new Uint8Array(length)
  message.set(data)
  message[data.length] = 0x80
  new DataView(message.buffer).setUint32(length - 4, data.length * 8)
  return message
}

/* eslint-disable @typescript-eslint/no-non-null-assertion -- every index lies within arrays of fixed length, and a check per word would cost as much as the sum */
function fillSchedule(schedule: Int32Array, message: Uint8Array, start: number): void {
  for (let i = 0; i < 16; i++) {
    const at = start + 4 * i
    schedule[i] = (message[at]! << 24) | (message[at + 1]! << 16) | (message[at + 2]! << 8) | message[at + 3]!
  }
  for (let i = 16; i < schedule.length; i++) {
    const early = schedule[i - 15]!
    const late = schedule[i - 2]!
    const mixedEarly = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3)
    const mixedLate = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10)
    schedule[i] = schedule[i - 16]! + mixedEarly + schedule[i - 7]! + mixedLate
  }
}

function compress(state: Int32Array, schedule: Int32Array): void {
  let [a, b, c, d] = [state[0]!, state[1]!, state[2]!, state[3]!]
  let [e, f, g, h] = [state[4]!, state[5]!, state[6]!, state[7]!]
  for (let i = 0; i < schedule.length; i++) {
    const sumOfE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const sumOfA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const first = (h + sumOfE + (g ^ (e & (f ^ g))) + rounds[i]! + schedule[i]!) | 0
    const second = (sumOfA + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  state[0]! += a
  state[1]! += b
  state[2]! += c
  state[3]! += d
  state[4]! += e
  state[5]! += f
  state[6]! += g
  state[7]! += h
}
/* eslint-enable @typescript-eslint/no-non-null-assertion */

/** Figures that look like chance and are the same every time: whatever is drawn depends on its name alone. */
import { noiseOf } from './noise.ts'

/** Uniform in (0, 1), one draw per call. */
export function drawsOf(name: string): () => number {
  let state = Math.floor(noiseOf(name) * 2 ** 32)
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 2 ** 32
  }
}

/** One draw between two bounds. */
export const between = (name: string, low: number, high: number): number => low + noiseOf(name) * (high - low)

/** Standard normal draws, by pairs of uniform ones. Fewer of a name are the first of more. */
export function normalsOf(name: string, count: number): readonly number[] {
  const known = drawn.get(name)
  if (known !== undefined && known.length >= count) return known.length === count ? known : known.slice(0, count)
  const draw = drawsOf(name)
  const normals = Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(draw())) * Math.cos(2 * Math.PI * draw()))
  if (drawn.size >= mostNames) drawn.clear()
  drawn.set(name, normals)
  return normals
}

/** Whoever looks every minute for a week asks for the same ones thousands of times. */
const drawn = new Map<string, readonly number[]>()
const mostNames = 1024

/** For people: so many digits after the point and no more. */
export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

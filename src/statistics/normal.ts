/** The standard normal distribution. */

/** Share of the distribution at or below `x`, to about 1e-15. */
export const normalCdf = (x: number): number => (x < 0 ? upperTail(-x) : 1 - upperTail(x))

/** Share above `x`, for x >= 0: a series near the middle, a continued fraction in the tail. */
function upperTail(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
  if (x < 3) {
    let term = x
    let total = x
    for (let n = 1; term > 1e-17 * total; n++) {
      term *= (x * x) / (2 * n + 1)
      total += term
    }
    return 0.5 - density * total
  }
  let fraction = x
  for (let n = 60; n >= 1; n--) fraction = x + n / fraction
  return density / fraction
}

/** The value that `share` of the distribution does not exceed. A RangeError outside (0, 1). */
export function normalQuantile(share: number): number {
  if (!(share > 0 && share < 1)) throw new RangeError('a share lies between 0 and 1')
  // Bisection down to neighbouring numbers: slower than a formula, and right by construction.
  let [low, high] = [-40, 40]
  for (let n = 0; n < 200; n++) {
    const middle = (low + high) / 2
    if (middle <= low || middle >= high) break
    if (normalCdf(middle) < share) low = middle
    else high = middle
  }
  return high
}

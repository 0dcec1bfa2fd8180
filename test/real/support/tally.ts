/** What came of all the faults of one test, counted by what must never happen. */
import { stdout } from 'node:process'

export type Harm =
  /** Something that had been acknowledged is no longer there, or no longer what it was. */
  | 'lost'
  /** More is permitted than people decided. */
  | 'resurrected'
  /** The world is not as an undisturbed run leaves it: something came twice, or half. */
  | 'replayed'
  /** Anything else that is wrong. */
  | 'wrong'

export class Tally {
  tried = 0
  /** Faults that hit: the process died, or the call was refused. */
  hit = 0
  readonly #found: { readonly harm: Harm; readonly what: string }[] = []
  readonly #title: string
  constructor(title: string) {
    this.#title = title
  }

  /** Complains about one fault. */
  at(name: string): (harm: Harm, what: string) => void {
    return (harm, what) => void this.#found.push({ harm, what: `${harm} at ${name}: ${what}` })
  }
  all(): readonly string[] {
    return this.#found.map(({ what }) => what)
  }
  /** `of`: how many there are. */
  print(of: number, more = ''): void {
    const count = (harm: Harm): string => String(this.#found.filter((each) => each.harm === harm).length)
    stdout.write(
      `${this.#title}: ${String(this.tried)} faults tried of ${String(of)}, ${String(this.hit)} hit; ` +
        `acknowledged records lost ${count('lost')}, permissions resurrected ${count('resurrected')}, ` +
        `effects replayed ${count('replayed')}, otherwise wrong ${count('wrong')}${more}\n`,
    )
  }
}

// @inquirer/testing names this untyped module in its own types.
declare module 'mute-stream' {
  import type { Duplex } from 'node:stream'
  export default class MuteStream extends Duplex {
    mute(): void
    unmute(): void
  }
}

/** `desk` alone. */
import type { Command } from '../command.ts'
import { tellHome } from '../render/home-screen.ts'
import { readState } from '../settled-state.ts'

export const run: Command<object> = async (_, context) => tellHome(await readState(context), context)

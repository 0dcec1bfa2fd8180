/** How much the desk trades: whoever counts a session's trades counts the same ones. */
import { between } from './chance.ts'

export const tradesOn = (date: string): number => Math.round(between(`trades on ${date}`, 180, 240))

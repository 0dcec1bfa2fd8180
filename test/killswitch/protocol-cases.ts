/** The schedules in which the permit protocol has to hold. */
import { type Program, halt, promote, rearm, release, throttle } from './explorer.ts'

export const all = ['trade', 'open', 'half', 'full']
export const active = { 'trade@boot': 0, 'open@boot': 0, 'half@boot': 0, 'full@boot': 0 }
export const asked = { 'open+a': 0, 'trade+a': 0 }
export interface Case {
  readonly title: string
  readonly programs: readonly Program[]
  readonly files: Readonly<Record<string, number>>
  readonly claims: Readonly<Record<number, readonly string[]>>
}

export const cases: readonly Case[] = [
  {
    title: 'sweep, then unlink | release',
    programs: [halt('RP', 0), release('a', false)],
    files: asked,
    claims: { 0: all },
  },
  {
    title: 'halt | release filed before',
    programs: [halt('PRP', 0), release('a', false)],
    files: asked,
    claims: { 0: all },
  },
  {
    title: 'halt | release filed at any time',
    programs: [halt('PRP', 0), release('a', true)],
    files: {},
    claims: { 0: all },
  },
  {
    title: 'halt | two requests released',
    programs: [halt('PRP', 0), release('a', false), release('b', true)],
    files: asked,
    claims: { 0: all },
  },
  {
    title: 'halt | halt | the same request released twice',
    programs: [halt('PRP', 0), halt('PRP', 1), release('a', false), release('a', false)],
    files: asked,
    claims: { 0: all, 1: all },
  },
  {
    title: 'halt | promote filed before | release, from 50 %',
    programs: [halt('PRP', 0), promote('p', false), release('a', true)],
    files: { 'trade@boot': 0, 'half@boot': 0, 'full+p': 0 },
    claims: { 0: all },
  },
  {
    title: 'halt | re-arm | release | throttle',
    programs: [halt('PRP', 0), rearm, release('a', true), throttle('PRP', 3)],
    files: { 'trade@old': 0, 'full@old': 0 },
    claims: { 0: all, 3: ['full'] },
  },
  {
    title: 'halt | promote | throttle, from full size',
    programs: [halt('PRP', 0), promote('p', true), throttle('PRP', 2)],
    files: active,
    claims: { 0: all, 2: ['full'] },
  },
  {
    title: 'halt | re-arm | re-arm after a reboot',
    programs: [halt('PRP', 0), rearm, rearm],
    files: { 'trade@old': 0 },
    claims: { 0: all },
  },
  {
    title: 'halt that may die | promote | a release grants 25 % only',
    programs: [halt('PRP', 0), promote('p', true), release('a', true, 2)],
    files: { 'trade@boot': 0, 'half@boot': 0, 'full@boot': 0 },
    claims: { 0: all, 2: ['half', 'full'] },
  },
  {
    title: 'halt | throttle | release | promote | re-arm',
    programs: [halt('PRP', 0), throttle('PRP', 1), release('a', false), promote('p', false), rearm],
    files: { ...asked, 'full+p': 0, 'trade@old': 0 },
    claims: { 0: all, 1: ['full'] },
  },
]

/** All at once. Too much for the tests of every day. */
export const everybody: Case = {
  title: 'halt | throttle | two requests released | promote | re-arm',
  programs: [halt('PRP', 0), throttle('PRP', 1), release('a', false), release('b', false), promote('p', false), rearm],
  files: { ...asked, 'open+b': 0, 'trade+b': 0, 'full+p': 0, 'trade@old': 0 },
  claims: { 0: all, 1: ['full'] },
}

/** Evaluation environments in which nothing is dynamic: no undeclared name, no untyped value, and what may be absent is optional. */
import { Environment } from '@marcbachmann/cel-js'
import type { CelType } from './ast.ts'
import { Decimal } from './decimal.ts'
import { optionalShape, scalarShape, type EnumShape, type EnumValue, type ObjectShape, type Shape } from './shape.ts'
import { Undetermined } from './undetermined.ts'

export interface Typed {
  readonly environment: Environment
  /** The shape of a type that the checker found; undefined for types without one (timestamps, empty lists). */
  readonly shapeOf: (type: CelType) => Shape | undefined
}

const environments = new Map<string, Typed>()
/** Environments are small, but a long-lived process must not keep every one that it ever saw. */
const maxCached = 500

/** The environment that declares exactly these variables. Cached: building one costs more than checking with it. */
export function environmentFor(variables: ReadonlyMap<string, Shape>): Typed {
  const key = [...variables].map(([name, shape]) => `${name}:${identityOf(shape)}`).join(' ')
  const known = environments.get(key)
  if (known !== undefined) return known
  if (environments.size >= maxCached) environments.clear()
  const built = build(variables)
  environments.set(key, built)
  return built
}

const identities = new WeakMap<object, number>()
let nextIdentity = 0

/** Lists and optionals are compared by what they hold, objects and enums by identity. */
function identityOf(shape: Shape): string {
  if (shape.kind === 'list' || shape.kind === 'optional') return `${shape.kind}<${identityOf(shape.of)}>`
  if (shape.kind !== 'object' && shape.kind !== 'enum') return shape.kind
  const known = identities.get(shape)
  if (known !== undefined) return String(known)
  identities.set(shape, ++nextIdentity)
  return String(nextIdentity)
}

function build(variables: ReadonlyMap<string, Shape>): Typed {
  const environment = base().clone()
  const types = new Types(environment)
  for (const [name, shape] of variables) environment.registerVariable(name, types.nameOf(shape))
  return { environment, shapeOf: (type) => types.shapeOf(type) }
}

/** Registers the types of one environment, inner ones first: an unknown name would be accepted silently. */
class Types {
  private readonly environment: Environment
  private readonly names = new Map<ObjectShape | EnumShape, string>()
  private readonly shapes = new Map<string, Shape>([['Decimal', scalarShape('decimal')]])

  constructor(environment: Environment) {
    this.environment = environment
  }

  nameOf(shape: Shape): string {
    switch (shape.kind) {
      case 'list':
        return `list<${this.nameOf(shape.of)}>`
      case 'optional':
        return `optional<${this.nameOf(shape.of)}>`
      case 'decimal':
        return 'Decimal'
      case 'object':
      case 'enum':
        return this.names.get(shape) ?? this.register(shape)
      case 'string':
      case 'bool':
      case 'int':
      case 'double':
        return shape.kind
    }
  }

  shapeOf(type: CelType): Shape | undefined {
    if (type.kind === 'list' || type.kind === 'optional') {
      const of = type.valueType === undefined ? undefined : this.shapeOf(type.valueType)
      return of === undefined ? undefined : type.kind === 'list' ? { kind: 'list', of } : optionalShape(of)
    }
    switch (type.name) {
      case 'string':
      case 'bool':
      case 'int':
      case 'double':
        return scalarShape(type.name)
      default:
        return this.shapes.get(type.name)
    }
  }

  private register(shape: ObjectShape | EnumShape): string {
    const fields: Record<string, string> = {}
    if (shape.kind === 'object') for (const [field, inner] of shape.fields) fields[field] = this.nameOf(inner)
    const name = `Type${String(this.shapes.size)}`
    this.names.set(shape, name)
    this.shapes.set(name, shape)
    this.environment.registerType(name, { ctor: shape.ctor, fields })
    if (shape.kind === 'enum') registerEnum(this.environment, name)
    return name
  }
}

function registerEnum(environment: Environment, name: string): void {
  environment.registerOperator(`${name} == ${name}`, (a: EnumValue, b: EnumValue) => a.value === b.value)
  environment.registerOperator(`${name} == string`, (a: EnumValue, b: string) => a.value === b)
  environment.registerOperator(`${name} in list<string>`, (a: EnumValue, b: readonly string[]) => b.includes(a.value))
  environment.registerOperator(`string in list<${name}>`, (a: string, b: readonly EnumValue[]) =>
    b.some((e) => e.value === a),
  )
  environment.registerFunction({
    signature: `string(${name}): string`,
    handler: (a: EnumValue) => a.value,
    async: false,
  })
}

let sharedBase: Environment | undefined

/** Built once, when the first expression is compiled. */
function base(): Environment {
  if (sharedBase !== undefined) return sharedBase
  const environment = new Environment({
    unlistedVariablesAreDyn: false,
    enableOptionalTypes: true,
    limits: { maxAstNodes: 500, maxDepth: 32, maxListElements: 100, maxMapEntries: 100, maxCallArguments: 8 },
  })
  environment.registerType('Decimal', { ctor: Decimal, fields: {} })
  registerDecimals(environment)
  // `!=` follows from `==`.
  environment.registerOperator('double == int', (a: number, b: bigint) => a === Number(b))
  register(environment, 'abs(int): int', (a: bigint) => (a < 0n ? -a : a))
  register(environment, 'abs(double): double', (a: number) => Math.abs(a))
  register(environment, 'abs(Decimal): Decimal', (a: Decimal) => new Decimal(a.units < 0n ? -a.units : a.units))
  // With fewer than it takes, neither a pass nor a fail: `&&` still fails where its other side does.
  register(environment, 'enough(bool): bool', (isEnough: boolean) => {
    if (!isEnough) throw new Undetermined('failed', 'too little was measured')
    return true
  })
  sharedBase = environment
  return environment
}

const register = (environment: Environment, signature: string, handler: (...args: never[]) => unknown): unknown =>
  environment.registerFunction({ signature, handler, async: false })

function registerDecimals(environment: Environment): void {
  const compare: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
    '<': (a, b) => a < b,
    '<=': (a, b) => a <= b,
    '>': (a, b) => a > b,
    '>=': (a, b) => a >= b,
    '==': (a, b) => a === b,
  }
  const unitsOf = (value: Decimal | bigint): bigint =>
    typeof value === 'bigint' ? Decimal.fromInteger(value).units : value.units
  for (const [operator, holds] of Object.entries(compare)) {
    const handler = (a: Decimal | bigint, b: Decimal | bigint): boolean => holds(unitsOf(a), unitsOf(b))
    environment.registerOperator(`Decimal ${operator} Decimal`, handler)
    environment.registerOperator(`Decimal ${operator} int`, handler)
    // Equality is turned round by the library itself.
    if (operator !== '==') environment.registerOperator(`int ${operator} Decimal`, handler)
  }
  environment.registerOperator('Decimal + Decimal', (a: Decimal, b: Decimal) => new Decimal(a.units + b.units))
  environment.registerOperator('Decimal - Decimal', (a: Decimal, b: Decimal) => new Decimal(a.units - b.units))
  environment.registerOperator('-Decimal', (a: Decimal) => new Decimal(-a.units))
  register(environment, 'decimal(string): Decimal', (text: string) => {
    const parsed = Decimal.parse(text)
    if (parsed === undefined) throw new Undetermined('failed', `"${text}" is no decimal`)
    return parsed
  })
  register(environment, 'decimal(int): Decimal', (value: bigint) => Decimal.fromInteger(value))
  register(environment, 'string(Decimal): string', (value: Decimal) => value.toString())
}

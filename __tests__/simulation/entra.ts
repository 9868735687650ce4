import type { BotCredential } from '../../src/bot-inputs.ts'
import type { Failure } from '../../src/errors.ts'
import type { Services } from '../../src/operations/run.ts'
import type { Place } from '../../src/place.ts'
import type { Actor } from './actor.ts'
import type { Means } from './azure-devops.ts'
import { azureFailure } from './failures.ts'
import { SECRET_MARK } from './secrecy.ts'
import type { World } from './world.ts'

/**
 * What becomes of a refresh token that is redeemed. Microsoft's documentation says that it lives on; in the field it may end
 * at once, or as soon as the one that it was traded for is used.
 */
export type Rolling = 'lives-on' | 'ends-with-the-next' | 'ends-at-once'

/** The refresh tokens of the bot. */
export class Entra {
  readonly rolling: Rolling
  readonly #before = new Map<string, string | undefined>()
  #issued = 0

  constructor(rolling: Rolling) {
    this.rolling = rolling
  }

  /** @param before the one that it is traded for */
  issue(before?: string): string {
    const token = `${SECRET_MARK}-refresh-token-${++this.#issued}`
    this.#before.set(token, before)
    return token
  }

  takes(token: string): boolean {
    return this.#before.has(token)
  }

  /** Trades one that it takes for the next. */
  roll(token: string): string {
    const before = this.#before.get(token)
    if (this.rolling === 'ends-with-the-next' && before !== undefined) this.#before.delete(before)
    if (this.rolling === 'ends-at-once') this.#before.delete(token)
    return this.issue(token)
  }
}

/** The refresh token's home. */
export const HOME: Place = {
  home: { kind: 'repository', repository: 'hmcts/.github' },
  store: 'actions',
  name: 'ADO_BOT_REFRESH_TOKEN',
  form: 'plain',
}

/** The bot as a run that is queued now is given it: the secret is read when a run is queued. */
export function botQueued(world: World): BotCredential {
  const [newest, previous] = storedIn(world)
  if (newest === undefined) return { kind: 'cli' }
  return {
    kind: 'refresh-token',
    newest,
    previous,
    app: { authority: 'https://login.microsoftonline.com', tenantId: 'tenant', clientId: 'client', clientAuth: 'none' },
    home: { kind: 'actions', secretName: HOME.name, environment: undefined },
  }
}

/** A person signs in as the bot. */
export function signInByHand(world: World): void {
  if (world.entra === undefined) return
  world.write(HOME, world.entra.issue(), { byHand: true })
  world.tell('somebody signs in as the bot')
}

/** Whether a run that is queued now can sign in. */
export function canSignIn(world: World): boolean {
  return storedIn(world).some((token) => world.entra?.takes(token) === true)
}

function storedIn(world: World): readonly string[] {
  return world.entra === undefined ? [] : (world.secret(HOME)?.text.split('\n') ?? [])
}

const refusedAsSuch = new WeakSet<Failure>()

/** Entra as one run sees it. */
export function entraFor({ world, scheduler }: Means, actor: Actor, last: boolean): Services['entra'] {
  const notUsed = (): Promise<never> => Promise.reject(new TypeError('the bot signs in in no such way'))
  const signIn = <T>(doing: string, effect: () => T, answered?: (answer: T) => void): Promise<T> =>
    scheduler.call(
      actor,
      {
        doing,
        change: false,
        effect: () => {
          if (world.troubles.bot === 'cannot-sign-in') throw azureFailure('sign-in', doing)
          return effect()
        },
        ...(answered && { answered }),
        misfortune: (dice) => ({
          failure: azureFailure('sign-in', doing),
          happens: dice.chance(0.5) ? 'not' : 'now',
        }),
      },
      last,
    )
  return {
    redeemRefreshToken: async (_, refreshToken) => {
      const doing = "redeem the bot's refresh token"
      const effect = (): string => {
        if (world.entra?.takes(refreshToken) === true) return world.entra.roll(refreshToken)
        const failure = azureFailure('sign-in', doing)
        refusedAsSuch.add(failure)
        throw failure
      }
      const next = await signIn(doing, effect, (rolled) => {
        actor.rolled = { newest: rolled, used: refreshToken, stored: false }
      })
      return { accessToken: ACCESS_TOKEN, refreshToken: next }
    },
    refusesThisRefreshToken: (failure) => refusedAsSuch.has(failure as Failure),
    signInWithDeviceCode: notUsed,
    signInForGood: notUsed,
    signInAsApp: notUsed,
    signInWithTools: () => signIn('sign the bot in', () => ({ accessToken: ACCESS_TOKEN, refreshToken: undefined })),
    claimsOf: () => ({ application: false }),
  }
}

const ACCESS_TOKEN = `${SECRET_MARK}-access-token`

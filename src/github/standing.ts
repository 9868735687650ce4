import type { Pace } from './pace.ts'
import type { GitHubFailure } from './refusals.ts'

/** What all who use one GitHub token share: GitHub's limits and lock-outs are the token's. */
export interface Standing {
  readonly pace: Pace
  readonly credential: Credential
}

/** GitHub locks out whoever repeats a bad credential, so few at once find out whether it is one. */
const UNTRIED_AT_ONCE = 3

/** What is known of one GitHub token: nothing, that GitHub takes it, or that it does not. */
export class Credential {
  #refusal: GitHubFailure | undefined
  #taken = false
  #underWay = 0
  #waiting: (() => void)[] = []

  /** Why GitHub does not take it: then nothing is to be asked any more. */
  get refusal(): GitHubFailure | undefined {
    return this.#refusal
  }

  /**
   * Runs the work, as one of three at the most until an answer has told whether GitHub takes the credential.
   * https://docs.github.com/rest/authentication/authenticating-to-the-rest-api#failed-login-limit
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    while (this.#isUntried() && this.#underWay >= UNTRIED_AT_ONCE) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#underWay += 1
    try {
      return await work()
    } finally {
      this.#underWay -= 1
      this.#waiting.shift()?.()
    }
  }

  accept(): void {
    this.#taken = true
    this.#goOn()
  }

  refuse(refusal: GitHubFailure): void {
    this.#refusal = refusal
    this.#goOn()
  }

  #isUntried(): boolean {
    return !this.#taken && this.#refusal === undefined
  }

  #goOn(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

import { Failure } from '../errors.ts'
import type { Secrets } from '../secrets.ts'
import type { Wire } from '../wire.ts'
import { madeUpPat } from './made-up-pat.ts'
import { type FeedAddress, type FeedCredential, probeFeed } from './probe-feed.ts'

export type Proof =
  | { readonly proof: 'accepted' }
  | { readonly proof: 'refused'; readonly why: string }
  | { readonly proof: 'says-nothing'; readonly failure: Failure }

/**
 * Proves a PAT, or what stands in its place, against the feed, once: it must be accepted, and a made-up one refused at the same time. Patience with a
 * PAT just minted is the caller's.
 * @throws Failure `cancelled`
 */
export async function proveOnFeed(
  wire: Wire,
  feed: FeedAddress,
  value: string,
  secrets: Secrets,
  credential: FeedCredential = 'PAT',
): Promise<Proof> {
  secrets.add(value)
  const [real, madeUp] = await Promise.all([
    probeFeed(wire, feed, value, secrets, credential),
    probeFeed(wire, feed, madeUpPat(), secrets),
  ])
  if (real.verdict === 'refused') return { proof: 'refused', why: real.why }
  if (real.verdict === 'says-nothing') return { proof: 'says-nothing', failure: real.failure }
  if (madeUp.verdict === 'accepted') return { proof: 'says-nothing', failure: takesAnybody(feed) }
  // Somebody unknown gets 401, or is asked to sign in.
  if (madeUp.verdict === 'refused' || madeUp.failure.kind === 'sign-in') return { proof: 'accepted' }
  return { proof: 'says-nothing', failure: madeUp.failure }
}

function takesAnybody({ feed }: FeedAddress): Failure {
  const [doing, hint] =
    feed === undefined
      ? [
          'prove the PAT against the list of feeds',
          'Anybody may read that list, a made-up PAT too, and so it proves nothing. Name a private feed in ado-feed.',
        ]
      : [
          `prove the PAT against feed ${feed}`,
          'The feed takes anybody, a made-up PAT too, and so it proves nothing. Leave ado-feed blank, or name a private feed.',
        ]
  return new Failure({ kind: 'refused', doing, hint })
}

/** The tests of what GitHub refuses, apart from the scenes, since they catch every request of the process. */
import '../../__tests__/github/a-lost-change-keeps-its-fate-unknown.test.ts'
import '../../__tests__/github/refusals-for-good-fall-back.test.ts'
import '../../__tests__/github/refusals-name-what-is-missing.test.ts'
import '../../__tests__/github/refusals-that-may-pass-do-not-fall-back.test.ts'
import '../../__tests__/github/the-status-decides-and-not-the-body.test.ts'
import '../../__tests__/github/each-home-and-store-has-its-own-path.test.ts'
import '../../__tests__/github/repositories-are-looked-at-before-they-are-written.test.ts'

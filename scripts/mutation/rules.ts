/**
 * The tests that mutants of src/renewal/ meet, in one file: the modules are then loaded once for each mutant, and not once
 * for each file of tests. The quickest to notice come first.
 */
import '../../__tests__/renewal/how-the-slot-stands.test.ts'
import '../../__tests__/renewal/names-say-slot-and-state.test.ts'
import '../../__tests__/renewal/what-is-due-and-whom-it-reaches.test.ts'
import '../../__tests__/renewal/when-a-pat-is-near-its-end.test.ts'
import './simulated.ts'

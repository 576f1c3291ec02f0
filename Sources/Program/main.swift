// The executable: everything it does stands in the module `whittle`, which tests are built with as well.
//
// The two are apart for the linker's sake. The program has the Swift runtime inside it, which halves the time that it
// takes to start; tests are loaded into a process that has one already.

import whittle

Whittle.main()

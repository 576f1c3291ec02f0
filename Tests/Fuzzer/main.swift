// Fuzzes one target with libFuzzer: `Fuzzer TARGET [OPTION]… [CORPUS]…`, options and corpora as libFuzzer has them.
//
// It has to be built with `-Xswiftc -sanitize=fuzzer`. Built without, it runs the files that are named through the
// target once, which is enough to look into a crash.

import CFuzzer
import FuzzTargets

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

let names = FuzzTarget.all.map(\.name).joined(separator: " ")
var arguments = CommandLine.arguments
guard arguments.count > 1, let chosen = FuzzTarget.all.first(where: { $0.name == arguments[1] }) else {
  print("usage: Fuzzer TARGET [OPTION]… [CORPUS]…\ntargets: \(names)")
  exit(2)
}
arguments.remove(at: 1)
let target = chosen

// libFuzzer keeps the strings for as long as the program runs.
var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
let status = unsafe words.withUnsafeMutableBufferPointer { words in
  unsafe whittle_fuzz(Int32(words.count - 1), words.baseAddress) { bytes, count in
    // libFuzzer owns the bytes for the length of the call; the target gets a copy.
    let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    if let broken = target.run(input) { fatalError("\(target.name): \(broken)") }
    return 0
  }
}
if status >= 0 { exit(status) }
for path in arguments.dropFirst() where !path.hasPrefix("-") {
  guard let input = FuzzTarget.contents(of: path) else {
    print("cannot read \(path)")
    exit(2)
  }
  if let broken = target.run(input) {
    print("\(path): \(broken)")
    exit(1)
  }
}

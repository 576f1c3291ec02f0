// The measurements: `swift run -c release Benchmarks [NAME…]`, and `--help` for more.
//
// One table lists the scenarios; each stands in a file of its own. Figures of different machines, or of different
// days on one machine, are not comparable: compare scenarios of one run.

import Glibc

let scenarios: [Scenario] = [
  .startUp, .startUpOfNothing, .findActions, .expandPatterns, .matchPatterns, .matchByFnmatch,
  .decideByOnePolicy, .decideByTenPolicies, .allowByTenPolicies,
  .prepareTenPolicies, .compareFullPolicies, .comparePathologicalPolicies,
  .proposeForLargeAccount, .proposeWithinGrants, .readTrail, .readLines,
  .readLinesTogether, .readPackedLines, .readPackedLinesTogether, .readSmallFiles, .scanTrail,
  .scanTrailAlone,
  .scanFewFacts, .scanLines, .scanLinesAlone, .scanPackedLines, .scanInput, .scanSmallFiles,
  .scanFewPrincipals,
  .scanManyPrincipals, .growth,
]

if Settings.has("--help") || Settings.has("-h") {
  print(Settings.help)
  exit(0)
}
if let option = Settings.unknownOption {
  print("no option `\(option)`; see `--help`")
  exit(2)
}
if let unknown = Settings.names.first(where: { name in !scenarios.contains { $0.name == name } }) {
  print("no scenario `\(unknown)`; `--list` lists them")
  exit(2)
}
if let folder = Settings.value("--trail") {
  guard let form = TrailFiles.Form(rawValue: Settings.value("--form") ?? "packed") else {
    print(
      "no form `\(Settings.value("--form") ?? "")`: \(TrailFiles.Form.allCases.map(\.rawValue).joined(separator: ", "))"
    )
    exit(2)
  }
  // Where it is there already, files are written beside what is in it.
  _ = unsafe mkdir(folder, 0o777)
  do {
    let written = try TrailFiles(
      Settings.model, bytes: Settings.size, files: Settings.number("--files", 1000), form: form,
      folder: folder)
    print("\(written.events) events, \(written.bytes) bytes of JSON")
    exit(0)
  } catch {
    print("cannot write a trail to `\(folder)`: \(unsafe String(cString: strerror(error.status)))")
    exit(1)
  }
}
let chosen = scenarios.filter { scenario in
  (Settings.names.isEmpty || Settings.names.contains(scenario.name))
    && (Settings.value("--filter").map { scenario.name.contains($0) } ?? true)
}
if Settings.has("--list") {
  for scenario in chosen { print("\(scenario.name): \(scenario.summary)") }
  exit(0)
}
#if DEBUG
  print("a debug build: its figures say nothing; use `swift run -c release Benchmarks`")
#endif
for scenario in chosen {
  print("\(scenario.name): \(scenario.summary)")
  print("  " + (try Measurement(scenario)).text(unit: scenario.unit))
}

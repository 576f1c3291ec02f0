// The measurements: `swift run -c release Benchmarks [NAME…]`.
//
// One table lists the scenarios; each stands in a file of its own. Figures of different machines, or of different
// days on one machine, are not comparable: compare scenarios of one run.

import Glibc

let scenarios: [Scenario] = [
  .startUp, .startUpOfNothing, .findActions, .expandPatterns, .matchPatterns, .matchByFnmatch,
  .decideByOnePolicy, .decideByTenPolicies, .allowByTenPolicies,
  .prepareTenPolicies, .compareFullPolicies, .comparePathologicalPolicies,
  .proposeForLargeAccount, .proposeWithinGrants, .readTrail, .readLines,
  .readSmallFiles, .scanTrail, .scanPrincipals,
]

let names = CommandLine.arguments.dropFirst()
if let unknown = names.first(where: { name in !scenarios.contains { $0.name == name } }) {
  print("no scenario `\(unknown)`; there are \(scenarios.map(\.name).joined(separator: ", "))")
  exit(2)
}
#if DEBUG
  print("a debug build: its figures say nothing; use `swift run -c release Benchmarks`")
#endif
for scenario in scenarios where names.isEmpty || names.contains(scenario.name) {
  print("\(scenario.name): \(scenario.summary)")
  print("  " + (try Measurement(scenario)).text(unit: scenario.unit))
}

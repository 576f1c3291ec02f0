// How long a containment check takes: policies of ordinary make, and such as are made to be hard.

import IAM

extension Scenario {
  /// Five policies that are narrowed, as `whittle check` and the proof of a proposal meet them.
  static let compareFullPolicies = Scenario(
    "compare", summary: "policies of 6,144 characters compared with the five that they were taken from",
    unit: "comparison",
    prepare: {
      let existing = (0..<5).map { PolicyMaker.fullDocument(seed: $0) }
      // A policy alone would allow what the others deny.
      let denies = PolicyDocument(
        statements: existing.flatMap(\.statements).filter { $0.effect == .deny })
      return {
        let containment = PolicyContainment(existing: existing)
        let held = existing.count { containment.check(proposed: [$0, denies]).holds }
        return Round(units: held == existing.count ? existing.count : 0)
      }
    })

  /// Wildcards behind wildcards, to the size limit: the count of work ends most of these comparisons.
  static let comparePathologicalPolicies = Scenario(
    "compare-hard", summary: "comparisons of patterns such as `a*a*a*…b` and `*a??????b*` in full policies",
    unit: "comparison",
    prepare: {
      let stars = String(repeating: "a*", count: 900)
      let spread = (0..<60).map { "arn:aws:s3:::*\(String(repeating: "?a*", count: 10))\($0)*" }
      let distances = (1...40).map { "*a\(String(repeating: "?", count: $0))b*" }
      func document(_ resources: [[String]]) -> PolicyDocument {
        PolicyDocument(
          statements: resources.map {
            Statement(effect: .allow, actions: .action(["s3:*"]), resources: .resource($0))
          })
      }
      let containment = PolicyContainment(existing: [document([spread, distances, ["\(stars)b"]])])
      let proposals = [
        "\(stars)b", "\(stars)*", "*a*a*a*a*a*a*a*a*b*", "arn:aws:s3:::*????????????????????????*",
      ]
      .map { document([[$0]]) }
      return {
        // One of them is among the existing ones, and holds.
        let held = proposals.count { containment.check(proposed: [$0]).holds }
        return Round(units: held == 1 ? proposals.count : 0)
      }
    })
}

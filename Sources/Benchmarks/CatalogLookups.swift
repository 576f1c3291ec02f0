// How many look-ups the catalog answers in a second, by binary search over the embedded bytes.

import AWSCatalog

extension Scenario {
  /// About a hundred exact names, spread over all services.
  private static let names = Array(Catalog.embedded.actionNames(matching: "*").enumerated())
    .filter { $0.offset % 223 == 0 }.map { $0.element.lowercased() }

  /// Canonical spelling of one action.
  static let findActions = Scenario(
    "catalog-find", summary: "actions looked up by name, in another case", unit: "look-up"
  ) {
    let wanted = names
    return { Round(units: wanted.count { Catalog.embedded.canonicalName($0) != nil }) }
  }

  /// Names that a wildcard stands for.
  static let expandPatterns = Scenario(
    "catalog-expand", summary: "patterns such as `s3:Get*` expanded to the actions that they match",
    unit: "pattern"
  ) {
    let patterns = ["s3:Get*", "ec2:Describe*", "iam:*Policy", "*:Tag*", "lambda:?reate*"]
    return { Round(units: patterns.count { !Catalog.embedded.actionNames(matching: $0).isEmpty }) }
  }
}

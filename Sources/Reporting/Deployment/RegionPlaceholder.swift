// A variable in the place of the region that policies name, for templates that are deployed to several regions.
//
// The proofs are for the documents as they stand. So a region becomes a variable only where the policies of a template name
// no other one, and the variable's default is that region: the template as it is written makes the very documents that
// were proved. (CloudFormation's own `AWS::Region` is where the stack stands, which for IAM may be anywhere.)

import IAM
import JSONStream

/// The one region that some policies name.
struct RegionPlaceholder {
  /// The variable's default.
  let region: String

  /// What the variable is for, as its description says.
  var summary: String { "Region of the resources; the policies were proved for \(region)" }

  /// The placeholder of a template, or `nil` where its policies name no region, or several.
  ///
  /// - Parameter policies: The template's policies.
  init?(_ policies: [DeployablePolicy]) {
    let regions = Self.regions(of: policies)
    guard regions.count == 1, let region = regions.first else { return nil }
    self.region = region
  }

  /// The regions that the allowing statements of policies name, sorted.
  ///
  /// - Parameter policies: The policies.
  /// - Returns: The regions, patterns left out.
  static func regions(of policies: [DeployablePolicy]) -> [String] {
    var regions: Set<String> = []
    for policy in policies {
      _ = mapped(policy.tree) { text, split in
        regions.insert(split.region)
        return .string(text)
      }
    }
    return regions.sorted()
  }

  /// Why there is no placeholder, in words; `nil` unless the policies name several regions.
  ///
  /// - Parameter policies: The template's policies.
  /// - Returns: The reason, for a comment.
  static func refusal(of policies: [DeployablePolicy]) -> String? {
    let regions = regions(of: policies)
    guard regions.count > 1 else { return nil }
    return "No variable for the region: the policies name \(regions.joined(separator: ", "))."
  }

  /// A document with the region taken out.
  ///
  /// - Parameters:
  ///   - document: The document.
  ///   - make: Makes the value for a text from what stands before and behind the region in it.
  /// - Returns: The document.
  func replaced(in document: JSONValue, _ make: (_ before: String, _ after: String) -> JSONValue) -> JSONValue
  {
    Self.mapped(document) { text, split in
      split.region == region ? make(split.before, split.after) : .string(text)
    }
  }

  /// A text that names a region, cut in three.
  private struct Split {
    var before: String
    var region: String
    var after: String
  }

  /// A document with the texts replaced that name a region, denies aside: these stay as the account has them.
  private static func mapped(_ document: JSONValue, _ make: (String, Split) -> JSONValue) -> JSONValue {
    document.replacing("Statement") { statements in
      statements.mapped { statement in
        guard statement["Effect"] == .string("Allow") else { return statement }
        return statement.replacing("Resource") { resources in
          resources.mapped { texts($0, make) { ARN($0).flatMap(split) } }
        }.replacing("Condition") { operators in
          .object(operators.members.map { JSONMember($0.name, conditions($0.value, make)) })
        }
      }
    }
  }

  private static func conditions(_ keys: JSONValue, _ make: (String, Split) -> JSONValue) -> JSONValue {
    .object(
      keys.members.map { key in
        let value =
          switch key.name.lowercased() {
          case "aws:requestedregion":
            key.value.mapped { texts($0, make) { Split(before: "", region: $0, after: "") } }
          case "kms:viaservice": key.value.mapped { texts($0, make, splitService) }
          default: key.value
          }
        return JSONMember(key.name, value)
      })
  }

  private static func texts(
    _ value: JSONValue, _ make: (String, Split) -> JSONValue, _ split: (String) -> Split?
  ) -> JSONValue {
    guard let text = value.string, let parts = split(text), !parts.region.isEmpty,
      !parts.region.contains(where: { "*?$".contains($0) })
    else { return value }
    return make(text, parts)
  }

  private static func split(_ arn: ARN) -> Split {
    Split(
      before: "arn:\(arn.partition):\(arn.service):", region: arn.region,
      after: ":\(arn.account):\(arn.resource)")
  }

  /// Cuts `SERVICE.REGION.amazonaws.com`.
  private static func splitService(_ host: String) -> Split? {
    let parts = host.split(separator: ".", maxSplits: 2)
    guard parts.count == 3, parts[2].hasPrefix("amazonaws.com") else { return nil }
    return Split(before: "\(parts[0]).", region: String(parts[1]), after: ".\(parts[2])")
  }
}

extension JSONValue {
  /// An array with its elements replaced; any other value replaced itself, as policies write lists of one.
  fileprivate func mapped(_ make: (JSONValue) -> JSONValue) -> JSONValue {
    if case .array(let elements) = self { .array(elements.map(make)) } else { make(self) }
  }

  /// An object with the values of one name replaced.
  fileprivate func replacing(_ name: String, _ make: (JSONValue) -> JSONValue) -> JSONValue {
    guard case .object(let members) = self else { return self }
    return .object(members.map { $0.name == name ? JSONMember(name, make($0.value)) : $0 })
  }
}

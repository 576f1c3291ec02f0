// Cuts a resource into the part that must stay and the part that may become a pattern (SEMANTICS §6).

import IAM
import JSONStream

/// A resource cut into what must stay and what may become a pattern.
package struct SplitName {
  /// How names of a type behave.
  package enum Kind: Sendable {
    /// An object in a bucket.
    case object
    /// A name whose tail is an id that is made for every run: a build, a log stream, a stack.
    case run
    /// A name of which only dates are volatile.
    case dated
    /// A name that is generalised on request only.
    case plain
  }

  /// What is never generalised: everything up to and with the type, bucket or parent.
  package var stem: String
  /// The rest.
  package var tail: String
  /// How the tail behaves.
  package var kind: Kind
  /// Whether the stem names the type (or bucket), so that a pattern for the whole tail stays within it.
  package var isTyped = true

  /// The folders that hold the name, outermost first, each with its trailing separator; the first one is empty.
  package var folders: [String] {
    var result = [""]
    var index = tail.startIndex
    while let slash = tail[index...].firstIndex(of: "/") {
      index = tail.index(after: slash)
      result.append(String(tail[..<index]))
    }
    // A name that ends in a separator is an entry of the folder before it.
    if result.count > 1 && result.last?.utf8.count == tail.utf8.count { result.removeLast() }
    return result
  }

  /// Services whose resources guard others, so that a pattern in their place is never a detail.
  private static let guarded: Set<String> = [
    "iam", "kms", "sts", "secretsmanager", "organizations", "sso", "acm",
  ]

  /// Types whose members come and go: service, what the resource part begins with, how many further separators
  /// belong to the stem, and the separators.
  private static let runs: [(service: String, prefix: String, parents: Int, separators: String)] = [
    ("logs", "log-group:", 1, ":"),
    ("codebuild", "build/", 1, ":"),
    ("codebuild", "build-batch/", 1, ":"),
    ("codebuild", "report/", 1, ":"),
    ("cloudformation", "stack/", 1, "/"),
    ("cloudformation", "changeSet/", 1, "/"),
    ("ec2", "image/", 0, "/"),
    ("ecs", "task/", 1, "/"),
    ("ecs", "task-definition/", 1, ":"),
    ("ecs", "container-instance/", 1, "/"),
    ("states", "execution:", 1, ":"),
    ("ssm", "session/", 0, "/"),
    ("ssm", "automation-execution/", 0, "/"),
    ("batch", "job/", 0, "/"),
    ("elasticmapreduce", "cluster/", 0, "/"),
  ]
  private static let runServices = Set(runs.map(\.service))

  /// Cuts a resource, or returns `nil` where nothing of it may be generalised.
  ///
  /// Wildcards may stand in the tail, as in what an earlier generalisation left; a pattern in the stem would break WITHIN.
  ///
  /// - Parameter resource: The resource in policy notation.
  package init?(_ resource: String) {
    guard !ResourceNotation.hasVariable(resource), let arn = ARN(resource) else { return nil }
    guard !Self.guarded.contains(arn.service), let cut = Self.cut(arn) else { return nil }
    let head = "arn:\(arn.partition):\(arn.service):\(arn.region):\(arn.account):"
    stem = head + arn.resource[..<cut.index]
    tail = String(arn.resource[cut.index...])
    kind = cut.kind
    isTyped = cut.isTyped
    if ResourceNotation.hasWildcard(stem) { return nil }
  }

  /// Where the tail of an ARN's resource part begins and how it behaves, or `nil` where there is none.
  private static func cut(_ arn: ARN) -> (index: String.Index, kind: Kind, isTyped: Bool)? {
    let resource = arn.resource
    if arn.service == "s3", arn.account.isEmpty || resource.hasPrefix("accesspoint/") {
      return objectCut(resource).map { ($0, .object, true) }
    }
    if runServices.contains(arn.service) {
      for run in runs where run.service == arn.service && resource.hasPrefix(run.prefix) {
        var index = resource.index(resource.startIndex, offsetBy: run.prefix.count)
        for _ in 0..<run.parents {
          guard let found = resource[index...].firstIndex(where: run.separators.contains) else { return nil }
          index = resource.index(after: found)
        }
        if run.service == "logs" {
          guard resource[index...].hasPrefix("log-stream:") else { return nil }
          index = resource.index(index, offsetBy: "log-stream:".count)
        }
        return index < resource.endIndex ? (index, .run, true) : nil
      }
    }
    guard let separator = firstSeparator(resource) else {
      // Without a type in front, the name is the whole resource part, as of SQS queues and SNS topics.
      return (resource.startIndex, .dated, false)
    }
    let index = resource.index(after: separator)
    return index < resource.endIndex ? (index, arn.service == "ec2" ? .plain : .dated, true) : nil
  }

  /// Where the first slash or colon behind the first character stands.
  private static func firstSeparator(_ text: String) -> String.Index? {
    // In printable ASCII, bytes are characters.
    guard text.isPrintableASCII else { return text.dropFirst().firstIndex { $0 == "/" || $0 == ":" } }
    return text.utf8.dropFirst().firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ":") }
  }

  /// Where the key of an object begins: behind the bucket, or behind `object/` of an access point.
  private static func objectCut(_ resource: String) -> String.Index? {
    if resource.hasPrefix("accesspoint/") {
      guard let marker = resource.utf8.firstRange(of: "/object/".utf8) else { return nil }
      return marker.upperBound < resource.endIndex ? marker.upperBound : nil
    }
    let slash =
      resource.isPrintableASCII
      ? resource.utf8.firstIndex(of: UInt8(ascii: "/")) : resource.firstIndex(of: "/")
    guard let slash else { return nil }
    let cut = resource.index(after: slash)
    return cut < resource.endIndex ? cut : nil
  }
}

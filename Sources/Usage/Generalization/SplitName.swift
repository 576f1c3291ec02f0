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
    let text = tail.utf8.span
    var result = [""]
    var place = 0
    while let slash = text.offset(of: UInt8(ascii: "/"), from: place) {
      place = slash + 1
      result.append(String(bytes: text.extracting(..<place)))
    }
    // A name that ends in a separator is an entry of the folder before it.
    if result.count > 1 && place == text.count { result.removeLast() }
    return result
  }

  /// Services whose resources guard others, so that a pattern in their place is never a detail.
  private static let guarded: [StaticString] = [
    "iam", "kms", "sts", "secretsmanager", "organizations", "sso", "acm",
  ]

  private typealias Run = (
    service: StaticString, prefix: StaticString, parents: Int, separator: Unicode.Scalar
  )

  /// Types whose members come and go: service, what the resource part begins with, how many further separators
  /// belong to the stem, and the separator.
  private static let runs: [Run] = [
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

  /// Cuts a resource, or returns `nil` where nothing of it may be generalised.
  ///
  /// Wildcards may stand in the tail, as in what an earlier generalisation left; a pattern in the stem would break WITHIN.
  ///
  /// - Parameter resource: The resource in policy notation.
  package init?(_ resource: String) {
    let text = resource.utf8.span
    guard let cut = Self.cut(text) else { return nil }
    stem = String(bytes: text.extracting(..<cut.place))
    tail = String(bytes: text.extracting(cut.place...))
    kind = cut.kind
    isTyped = cut.isTyped
  }

  /// The digest of the stem of a resource, or `nil` where nothing of it may be generalised.
  ///
  /// - Parameter resource: The resource in policy notation.
  /// - Returns: The digest.
  static func stemDigest(_ resource: Span<UInt8>) -> JSONDigest? {
    cut(resource).map { JSONDigest(resource.extracting(..<$0.place)) }
  }

  /// Where a resource is cut and how its tail behaves, or `nil` where nothing of it may be generalised.
  private static func cut(_ text: Span<UInt8>) -> (place: Int, kind: Kind, isTyped: Bool)? {
    if text.offset(of: UInt8(ascii: "$")) != nil, ResourceNotation.hasVariable(String(bytes: text)) {
      return nil
    }
    guard let arn = ARNSegments(text), !guarded.contains(where: { isService($0, text, arn) }),
      let cut = cut(text, arn)
    else { return nil }
    let stem = text.extracting(..<cut.place)
    let mayBePattern =
      stem.offset(of: UInt8(ascii: "*")) != nil || stem.offset(of: UInt8(ascii: "?")) != nil
    if mayBePattern, ResourceNotation.hasWildcard(String(bytes: stem)) { return nil }
    return cut
  }

  private static func isService(_ service: StaticString, _ text: Span<UInt8>, _ arn: ARNSegments) -> Bool {
    arn.service.count == service.utf8CodeUnitCount && text.holds(service, at: arn.service.lowerBound)
  }

  /// Where the tail of an ARN begins and how it behaves, or `nil` where there is none.
  private static func cut(
    _ text: Span<UInt8>, _ arn: ARNSegments
  ) -> (place: Int, kind: Kind, isTyped: Bool)? {
    let start = arn.resource.lowerBound
    if isService("s3", text, arn), arn.account.isEmpty || text.holds("accesspoint/", at: start) {
      return objectCut(text, start).map { ($0, .object, true) }
    }
    for run in runs where text.holds(run.prefix, at: start) && isService(run.service, text, arn) {
      var place = start + run.prefix.utf8CodeUnitCount
      for _ in 0..<run.parents {
        guard let found = text.offset(of: UInt8(ascii: run.separator), from: place) else { return nil }
        place = found + 1
      }
      if isService("logs", text, arn) {
        guard text.holds("log-stream:", at: place) else { return nil }
        place += "log-stream:".utf8.count
      }
      return place < text.count ? (place, .run, true) : nil
    }
    // The first slash or colon behind the first character.
    guard
      let separator = (start + 1..<text.count).first(where: {
        text[$0] == UInt8(ascii: "/") || text[$0] == UInt8(ascii: ":")
      })
    else {
      // Without a type in front, the name is the whole resource part, as of SQS queues and SNS topics.
      return (start, .dated, false)
    }
    let place = separator + 1
    return place < text.count ? (place, isService("ec2", text, arn) ? .plain : .dated, true) : nil
  }

  /// Where the key of an object begins: behind the bucket, or behind `object/` of an access point.
  private static func objectCut(_ text: Span<UInt8>, _ start: Int) -> Int? {
    let marker: StaticString = text.holds("accesspoint/", at: start) ? "/object/" : "/"
    guard let found = text.offset(of: marker, from: start) else { return nil }
    let place = found + marker.utf8CodeUnitCount
    return place < text.count ? place : nil
  }
}

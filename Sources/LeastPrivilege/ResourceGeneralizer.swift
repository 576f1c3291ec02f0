// Turns resources whose names change from call to call into patterns.
//
// The result is a function of the *set* of resources: no order, no counts of calls, no state. It is made of two
// steps, and each can only widen as the set grows, so that more logs never take a permission away:
//
//   VOLATILE  each name by itself: a date becomes `????-??-??`, a hash, UUID or long number `*`, and the tail of a
//             kind whose members come and go (log streams, builds, stack ids) `*`.
//                 arn:aws:s3:::logs/2026/11/20/3f2a9c1d-app.gz  ->  arn:aws:s3:::logs/????/??/??/*-app.gz
//   CROWDED   a folder with more than so many different entries becomes `FOLDER/*`.
//                 arn:aws:s3:::photos/cats/tom.jpg, … (40 of them)  ->  arn:aws:s3:::photos/cats/*
//
// Neither touches partition, service, region, account, type or bucket (invariant WITHIN): what is generalised is
// only what follows the *stem* of an ARN, and no pattern matches an ARN with another stem. Resources that guard
// others (IAM identities, KMS keys, secrets) are never generalised.

import IAM

/// Generalises sets of resources (SEMANTICS §6).
struct ResourceGeneralizer {
  /// How many entries of one folder are named one by one under `safe`.
  static let crowd = 20

  /// How far to generalise.
  let generalization: Generalization

  /// The pattern of each resource of a set.
  ///
  /// - Parameter resources: Distinct resources in policy notation.
  /// - Returns: For each resource the pattern that stands for it, itself included; nested patterns are left to
  ///   the caller, who drops what another pattern contains.
  /// - Complexity: O(*n* · *d*) in the number of resources and the depth of their names.
  func patterns(for resources: Set<String>) -> [String: String] {
    var result: [String: String] = [:]
    guard generalization != .none else {
      for resource in resources { result[resource] = resource }
      return result
    }
    var names: [(resource: String, name: SplitName)] = []
    for resource in resources {
      guard var name = SplitName(resource) else {
        result[resource] = resource
        continue
      }
      if name.kind != .plain || isBudgeted {
        name.tail = VolatileName.pattern(of: name.tail, kind: name.kind)
      }
      names.append((resource, name))
    }
    let crowded = crowdedFolders(names.map(\.name))
    for (resource, name) in names {
      // The outermost crowded folder holds all that the inner ones do.
      let folder = name.folders.first { crowded.contains(name.stem + $0) }
      result[resource] = name.stem + (folder.map { $0 + "*" } ?? name.tail)
    }
    return result
  }

  private var isBudgeted: Bool {
    if case .budget = generalization { true } else { false }
  }

  /// The folders, stem included, with more than the allowed number of different entries.
  private func crowdedFolders(_ names: [SplitName]) -> Set<String> {
    var entries: [String: Set<String>] = [:]
    for name in names {
      if !isBudgeted && name.kind != .object { continue }
      let folders = name.folders
      for (index, folder) in folders.enumerated() {
        // Under `safe` a whole bucket is never given for some of its objects.
        if folder.isEmpty && !(isBudgeted && name.isTyped) { continue }
        let end = index + 1 < folders.count ? folders[index + 1] : name.tail
        entries[name.stem + folder, default: []].insert(end)
      }
    }
    let limit: Int
    if case .budget(let number) = generalization { limit = number } else { limit = Self.crowd }
    return Set(entries.filter { $0.value.count > limit }.keys)
  }
}

/// A resource cut into what must stay and what may become a pattern.
struct SplitName {
  /// How names of a type behave.
  enum Kind {
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
  var stem: String
  /// The rest.
  var tail: String
  /// How the tail behaves.
  var kind: Kind
  /// Whether the stem names the type (or bucket), so that a pattern for the whole tail stays within it.
  var isTyped = true

  /// The folders that hold the name, outermost first, each with its trailing separator; the first one is empty.
  var folders: [String] {
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

  /// Cuts a resource, or returns `nil` where nothing of it may be generalised.
  ///
  /// - Parameter resource: The resource in policy notation.
  init?(_ resource: String) {
    guard !ResourceNotation.hasVariable(resource), let arn = ARN(resource) else { return nil }
    // Whatever is a pattern already stays as it is; a pattern in front of the resource part would break WITHIN.
    guard !ResourceNotation.hasWildcard(resource), !Self.guarded.contains(arn.service) else { return nil }
    let head = "arn:\(arn.partition):\(arn.service):\(arn.region):\(arn.account):"
    if arn.service == "s3", arn.account.isEmpty || arn.resource.hasPrefix("accesspoint/") {
      guard let cut = Self.objectCut(arn.resource) else { return nil }
      stem = head + arn.resource[..<cut]
      tail = String(arn.resource[cut...])
      kind = .object
      return
    }
    for run in Self.runs where run.service == arn.service && arn.resource.hasPrefix(run.prefix) {
      var cut = arn.resource.index(arn.resource.startIndex, offsetBy: run.prefix.count)
      for _ in 0..<run.parents {
        guard let found = arn.resource[cut...].firstIndex(where: run.separators.contains) else { return nil }
        cut = arn.resource.index(after: found)
      }
      if run.service == "logs" {
        guard arn.resource[cut...].hasPrefix("log-stream:") else { return nil }
        cut = arn.resource.index(cut, offsetBy: "log-stream:".count)
      }
      guard cut < arn.resource.endIndex else { return nil }
      stem = head + arn.resource[..<cut]
      tail = String(arn.resource[cut...])
      kind = .run
      return
    }
    guard let cut = arn.resource.dropFirst().firstIndex(where: { $0 == "/" || $0 == ":" }) else {
      // Without a type in front, the name is the whole resource part, as of SQS queues and SNS topics.
      stem = head
      tail = arn.resource
      kind = .dated
      isTyped = false
      return
    }
    let behind = arn.resource.index(after: cut)
    guard behind < arn.resource.endIndex else { return nil }
    stem = head + arn.resource[..<behind]
    tail = String(arn.resource[behind...])
    kind = arn.service == "ec2" ? .plain : .dated
  }

  /// Where the key of an object begins: behind the bucket, or behind `object/` of an access point.
  private static func objectCut(_ resource: String) -> String.Index? {
    if resource.hasPrefix("accesspoint/") {
      guard let marker = resource.utf8.firstRange(of: "/object/".utf8) else { return nil }
      return marker.upperBound < resource.endIndex ? marker.upperBound : nil
    }
    guard let slash = resource.firstIndex(of: "/") else { return nil }
    let cut = resource.index(after: slash)
    return cut < resource.endIndex ? cut : nil
  }
}

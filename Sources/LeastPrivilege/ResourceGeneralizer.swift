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
//
// Where the user asks for it by name, the region becomes `*` as well, of every ARN that has one and of each by itself.

import IAM
import Usage

/// Generalises sets of resources (SEMANTICS §6).
struct ResourceGeneralizer {
  /// How many entries of one folder are named one by one under `safe`.
  static let crowd = 20

  /// How far to generalise.
  let generalization: Generalization
  /// Whether the region becomes `*`.
  var inAllRegions = false

  /// The pattern of each resource of a set.
  ///
  /// - Parameter resources: Distinct resources in policy notation.
  /// - Returns: For each resource the pattern that stands for it, itself included; nested patterns are left to
  ///   the caller, who drops what another pattern contains.
  /// - Complexity: O(*n* · *d*) in the number of resources and the depth of their names.
  func patterns(for resources: Set<String>) -> [String: String] {
    let patterns = regionalPatterns(for: resources)
    return inAllRegions ? patterns.mapValues(Self.inEveryRegion) : patterns
  }

  /// A resource or pattern with `*` for its region, where it has one.
  private static func inEveryRegion(_ resource: String) -> String {
    guard let arn = ARN(resource), !arn.region.isEmpty else { return resource }
    return ARN(
      partition: arn.partition, service: arn.service, region: "*", account: arn.account,
      resource: arn.resource
    ).description
  }

  /// The pattern of each resource within its region.
  private func regionalPatterns(for resources: Set<String>) -> [String: String] {
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

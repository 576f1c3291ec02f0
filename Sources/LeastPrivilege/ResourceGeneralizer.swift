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
    switch generalization {
    case .none: Dictionary(resources.map { ($0, $0) }) { first, _ in first }
    case .safe: ResourceFolders(of: resources, isBudgeted: false).patterns(crowd: Self.crowd)
    case .budget(let number): ResourceFolders(of: resources, isBudgeted: true).patterns(crowd: number)
    }
  }
}

/// The names of some resources with the folders that they are in: what is the same for any number of entries that makes a
/// folder a crowded one.
struct ResourceFolders {
  /// Resources of which nothing may be generalised.
  private var fixed: [String] = []
  /// A resource, the pattern of its name by itself, and the folders to choose from, outermost first.
  private typealias Name = (resource: String, pattern: String, folders: [Int])

  /// The others.
  private var names: [Name] = []
  /// Each folder, stem included, with the number of its different entries.
  private var folders: [(name: String, entries: Int)] = []

  /// Cuts resources.
  ///
  /// - Parameters:
  ///   - resources: Distinct resources in policy notation.
  ///   - isBudgeted: Whether to go beyond what is safe.
  init(of resources: some Sequence<String>, isBudgeted: Bool) {
    var places: [String: Int] = [:]
    var entries: [Set<String>] = []
    for resource in resources {
      guard var name = SplitName(resource) else {
        fixed.append(resource)
        continue
      }
      if name.kind != .plain || isBudgeted {
        name.tail = VolatileName.pattern(of: name.tail, kind: name.kind)
      }
      var own: [Int] = []
      if isBudgeted || name.kind == .object {
        let inner = name.folders
        for (index, folder) in inner.enumerated() {
          // Under `safe` a whole bucket is never given for some of its objects.
          if folder.isEmpty && !(isBudgeted && name.isTyped) { continue }
          let end = index + 1 < inner.count ? inner[index + 1] : name.tail
          let path = name.stem + folder
          let place = places[path] ?? entries.count
          if place == entries.count {
            places[path] = place
            entries.append([])
            folders.append((path, 0))
          }
          if entries[place].insert(end).inserted { folders[place].entries += 1 }
          own.append(place)
        }
      }
      names.append((resource, name.stem + name.tail, own))
    }
  }

  /// The pattern of each resource.
  ///
  /// - Parameter crowd: How many entries of one folder are named one by one.
  /// - Returns: For each resource the pattern that stands for it.
  func patterns(crowd: Int) -> [String: String] {
    var result: [String: String] = [:]
    result.reserveCapacity(fixed.count + names.count)
    for resource in fixed { result[resource] = resource }
    for name in names { result[name.resource] = pattern(of: name, crowd) }
    return result
  }

  /// The patterns that stand for the resources, each once.
  ///
  /// - Parameter crowd: How many entries of one folder are named one by one.
  /// - Returns: The patterns.
  func distinctPatterns(crowd: Int) -> Set<String> {
    Set(fixed).union(names.map { pattern(of: $0, crowd) })
  }

  private func pattern(of name: Name, _ crowd: Int) -> String {
    // The outermost crowded folder holds all that the inner ones do.
    let folder = name.folders.first { folders[$0].entries > crowd }
    return folder.map { folders[$0].name + "*" } ?? name.pattern
  }
}

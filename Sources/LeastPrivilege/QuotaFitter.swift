// Makes statements fit IAM's quotas, with as little excess as possible.
//
// Statements that fit are left alone. Otherwise the following is tried, step by step, each step on the largest
// statements first, and stopping as soon as the policies fit the attachment limit:
//
//   1. the same permissions with the lists exchanged (resources with equal action sets share a statement)
//   2. action wildcards that match nothing in the catalog but used actions: no excess today
//   3. resource patterns: folders of many entries, then common beginnings of names, within account, region,
//      service and type
//   4. action wildcards that match unused actions too, cheapest first: characters saved for the risk added, the
//      risk weighted by access level
//
// What steps 2 to 4 allow beyond the use is found again and listed by the verifier.

import AWSCatalog
import IAM

/// Packs statements, and shortens them where they do not fit.
struct QuotaFitter {
  /// What the user chose.
  let options: SynthesisOptions
  /// How many policies there may be.
  let limit: Int
  /// The AWS reference.
  let catalog: Catalog
  /// Names statements.
  let naming: StatementNaming

  /// Packs statements into policies within the limit.
  ///
  /// - Parameters:
  ///   - drafts: The statements.
  ///   - transposed: Statements that allow the same, with the lists exchanged; made where one policy is not enough.
  /// - Returns: The packed statements with final ids. Where nothing helps, more policies than may be attached, or
  ///   statements that fit no policy; never a policy over the quota.
  func fit(
    _ drafts: [StatementDraft], transposed: () -> [StatementDraft]
  ) -> PolicyPacker.Result {
    let packer = PolicyPacker(maximumSize: options.maximumSize)
    var result = packer.pack(drafts)
    if result.policies.count > 1 {
      let transposed = packer.pack(transposed())
      if transposed.policies.count < result.policies.count, transposed.unplaceable.isEmpty {
        result = transposed
      }
    }
    if !fits(result) {
      let shortener = StatementShortener(catalog: catalog)
      var current = drafts
      var folders = [ResourceFolders?](repeating: nil, count: current.count)
      for step in StatementShortener.steps where !fits(result) {
        // A size is that of the statement written out: each is asked for once.
        var sizes = current.map(\.size)
        var total = sizes.reduce(0) { $0 + $1 + 1 }
        let order = current.indices.sorted { sizes[$0] != sizes[$1] ? sizes[$0] > sizes[$1] : $0 < $1 }
        for index in order where current[index].verbatim == nil {
          let shorter = shortener.shorten(current[index], step, &folders[index])
          let size = shorter.size
          guard size < sizes[index] else { continue }
          total += size - sizes[index]
          sizes[index] = size
          if shorter.resources != current[index].resources { folders[index] = nil }
          current[index] = shorter
          // Whether the sum of the sizes leaves hope is much cheaper to tell than packing.
          if total <= budget {
            result = packer.pack(merged(current))
            if fits(result) { break }
          }
        }
      }
      if !fits(result) {
        let risk = RiskShortener(catalog: catalog)
        current = risk.shorten(merged(current), budget: budget) { fits(packer.pack(merged($0))) }
        result = packer.pack(merged(current))
      }
    }
    return finished(result)
  }

  /// Takes out what shortening has made superfluous, and packs what is left.
  ///
  /// - Parameters:
  ///   - result: Packed statements.
  ///   - permissions: What must stay allowed, sorted.
  ///   - uses: The uses of the principal.
  /// - Returns: Packed statements of which every entry is needed, in no more policies.
  func pruned(
    _ result: PolicyPacker.Result, _ permissions: [UsedPermission], _ uses: [RecordedUse]
  ) -> PolicyPacker.Result {
    let packer = PolicyPacker(maximumSize: options.maximumSize)
    func pruned(_ policies: [[StatementDraft]]) -> [[StatementDraft]] {
      PermissionCover(policies, permissions, uses).pruned(policies)
    }
    var left = result
    left.policies = pruned(result.policies)
    let packed = packer.pack(left.policies.flatMap(\.self))
    if packed.policies.count <= left.policies.count, packed.unplaceable.isEmpty {
      // A statement that was cut may have in each part what only the other part needs.
      left.policies = pruned(packed.policies)
    }
    left.statementBound = min(
      packer.pack(left.policies.flatMap(\.self)).statementBound, left.policies.count)
    return finished(left)
  }

  private func fits(_ result: PolicyPacker.Result) -> Bool {
    result.policies.count <= limit && result.unplaceable.isEmpty
  }

  /// What all policies together can hold.
  private var budget: Int {
    max(0, PolicyPacker(maximumSize: options.maximumSize).capacity) * max(0, limit)
  }

  /// Statements that shortening has made equal but for their actions, as one.
  private func merged(_ drafts: [StatementDraft]) -> [StatementDraft] {
    struct Key: Hashable {
      var resources: [String]
      var conditions: [Condition]
    }
    var groups: [Key: StatementDraft] = [:]
    for draft in drafts where draft.verbatim == nil {
      let key = Key(resources: draft.resources, conditions: draft.conditions)
      if var other = groups[key] {
        other.actions = Set(other.actions + draft.actions).sorted()
        other.uses = Set(other.uses + draft.uses).sorted()
        groups[key] = other
      } else {
        groups[key] = draft
      }
    }
    return naming.named(Array(groups.values))
      + drafts.filter { $0.verbatim != nil }
  }

  /// Puts each policy's statements in reading order and numbers the parts of those that were cut.
  private func finished(_ result: PolicyPacker.Result) -> PolicyPacker.Result {
    var result = result
    result.lowerBound = PackingBound(result.policies.flatMap(\.self))
      .policies(capacity: PolicyPacker(maximumSize: options.maximumSize).capacity)
    result.policies = result.policies.map { drafts in
      drafts.sorted {
        ($0.verbatim == nil ? 0 : 1, $0.sid, $0.actions.first ?? "", $0.resources.first ?? "")
          < ($1.verbatim == nil ? 0 : 1, $1.sid, $1.actions.first ?? "", $1.resources.first ?? "")
      }
    }
    var parts: [String: Int] = [:]
    for policy in result.policies.indices {
      for index in result.policies[policy].indices {
        let sid = result.policies[policy][index].sid
        guard sid.hasSuffix(PolicyPacker.partMark) else { continue }
        let base = String(sid.dropLast(PolicyPacker.partMark.utf8.count))
        parts[base, default: 0] += 1
        result.policies[policy][index].sid = "\(base)Part\(parts[base, default: 1])"
      }
    }
    return result
  }
}

// Makes statements fit IAM's quotas, with as little excess as possible.

import AWSCatalog
import IAM

/// Packs statements, and shortens them where they do not fit.
struct QuotaFitter {
  /// What the user chose.
  let options: SynthesisOptions
  /// The AWS reference.
  let catalog: Catalog

  /// Packs statements into policies within the attachment limit.
  ///
  /// - Parameter drafts: The statements.
  /// - Returns: The packed statements with final ids.
  func fit(_ drafts: [StatementDraft]) -> PolicyPacker.Result {
    var result = packed(drafts)
    result.policies = result.policies.map { numbered($0) }
    var parts: [String: Int] = [:]
    for policy in result.policies.indices {
      for index in result.policies[policy].indices {
        let sid = result.policies[policy][index].sid
        guard let marker = sid.utf8.firstRange(of: "x0000".utf8) else { continue }
        let base = String(sid[..<marker.lowerBound])
        parts[base, default: 0] += 1
        result.policies[policy][index].sid = "\(base)p\(parts[base, default: 1])"
      }
    }
    return result
  }

  private func packed(_ drafts: [StatementDraft]) -> PolicyPacker.Result {
    let packer = PolicyPacker(maximumSize: options.maximumSize)
    let plain = packer.pack(drafts)
    guard plain.policies.count > 1 else { return plain }
    let transposed = packer.pack(StatementGrouping.transposed(drafts, catalog: catalog))
    return transposed.policies.count < plain.policies.count ? transposed : plain
  }

  /// The statements of one policy in reading order.
  private func numbered(_ drafts: [StatementDraft]) -> [StatementDraft] {
    drafts.sorted {
      ($0.verbatim == nil ? 0 : 1, $0.sid, $0.actions.joined(), $0.resources.joined())
        < ($1.verbatim == nil ? 0 : 1, $1.sid, $1.actions.joined(), $1.resources.joined())
    }
  }
}

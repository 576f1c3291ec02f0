// Edits policy documents in place, so that they grant no more than was used and what nobody could have seen used.
//
// Nothing but what goes is touched: order, statement ids, conditions, denies and the text of other statements stay to
// the byte. A result is a fixed point: trimming is repeated until it changes nothing, so that trimming it once more
// changes nothing either.

import AWSCatalog
import IAM

/// Trims the documents that share one quota.
struct PolicyTrimmer {
  /// What trimming made of documents.
  struct Result {
    /// The documents in their order; `nil` for one of which nothing is left.
    var texts: [PolicyText?]
    /// How closely they follow the use.
    var detail: TrimDetail
    /// Whether they fit the quota.
    var isWithinQuota: Bool
    /// Whether trimming them once more changes nothing.
    var isStable: Bool
  }

  /// How often trimming is repeated; the second time changes nothing but in made-up cases.
  private static let repetitions = 8

  /// How resources are generalised.
  let generalization: Generalization
  /// The actions of the catalog.
  let table: ActionTable
  /// The AWS reference.
  let catalog: Catalog

  /// Trims documents.
  ///
  /// - Parameters:
  ///   - texts: Documents that share a quota: one managed policy, or the inline policies of one identity.
  ///   - evidence: Who used what of them.
  ///   - quota: The most characters of all of them together, white space not counted.
  /// - Returns: The documents.
  func trim(_ texts: [PolicyText], evidence: TrimEvidence, quota: Int) -> Result {
    var result = Result(texts: texts, detail: .names, isWithinQuota: true, isStable: false)
    for _ in 0..<Self.repetitions {
      let next = fitting(result.texts, evidence: evidence, quota: quota)
      let isStable = zip(result.texts, next.texts).allSatisfy { $0?.text == $1?.text }
      result = Result(
        texts: next.texts, detail: max(result.detail, next.detail), isWithinQuota: next.isWithinQuota,
        isStable: isStable)
      if isStable { break }
    }
    return result
  }

  /// Trims once, as closely as the quota allows.
  private func fitting(_ texts: [PolicyText?], evidence: TrimEvidence, quota: Int) -> Result {
    var result = Result(texts: texts, detail: .names, isWithinQuota: false, isStable: false)
    for detail in TrimDetail.allCases {
      result.texts = texts.map { $0.flatMap { once($0, evidence: evidence, detail: detail) } }
      result.detail = detail
      let size = result.texts.reduce(0) { $0 + ($1?.document.managedPolicySize ?? 0) }
      result.isWithinQuota = size <= quota
      if result.isWithinQuota { break }
    }
    return result
  }

  private func once(_ text: PolicyText, evidence: TrimEvidence, detail: TrimDetail) -> PolicyText? {
    var sids = Set(text.document.statements.compactMap(\.sid))
    var edits: [PolicyText.Edit] = []
    for (index, statement) in text.document.statements.enumerated() {
      edits += StatementNarrowing(
        statement: statement, index: index, hasVariables: text.document.version == "2012-10-17",
        evidence: evidence, generalization: generalization, detail: detail, table: table, catalog: catalog
      ).edits(sids: &sids)
    }
    guard !edits.isEmpty else { return text }
    // What cannot be edited stays as it is: the result is checked by others, and so is what did not change.
    guard let edited = text.applying(edits), let new = try? PolicyText(json: edited) else { return text }
    return new.document.statements.isEmpty ? nil : new
  }
}

// Reads policy documents.

extension PolicyDocument {
  /// Parses a policy document, URL-encoded as the IAM API returns it or plain.
  ///
  /// What IAM's grammar does not have is refused, so that no part of a policy is silently left out of a decision. To
  /// keep the text beside the tree, use `PolicyText`.
  ///
  /// - Parameter json: The document as UTF-8.
  /// - Throws: `PolicyError`, with path, line and column, at the first fault.
  public init(json: [UInt8]) throws(PolicyError) {
    self = try PolicyText(json: json).document
  }
}

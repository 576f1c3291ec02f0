// Reads policies from files.

import IAM
import JSONStream

/// Reads files of policies.
enum PolicyReading {
  /// The largest file that is read.
  private static let limit = 64 << 20

  /// Members under which the answers of the AWS CLI hold a policy, as an object or as text.
  private static let envelopes = [
    "PolicyVersion", "Document", "PolicyDocument", "AssumeRolePolicyDocument", "Policy", "ResourcePolicy",
    "Role",
  ]

  /// Reads the policies of all files, in order.
  ///
  /// - Parameter paths: The files; `-` is standard input.
  /// - Returns: The policies.
  /// - Throws: ``CommandError/Code/inputMissing`` where a file cannot be read or holds no valid policy.
  static func read(_ paths: [String]) throws(CommandError) -> [PolicyDocument] {
    var documents: [PolicyDocument] = []
    for path in paths {
      guard let bytes = FileSystem.contents(path == "-" ? "/dev/stdin" : path, limit: limit) else {
        throw CommandError(.inputMissing, "cannot read the policy `\(path)`")
      }
      documents += try parse(bytes, path, depth: 0)
    }
    return documents
  }

  private static func parse(
    _ bytes: [UInt8], _ path: String, depth: Int
  ) throws(CommandError) -> [PolicyDocument] {
    let failure: PolicyError
    do {
      return [try PolicyDocument(json: bytes)]
    } catch {
      failure = error
    }
    var documents: [PolicyDocument] = []
    for inner in depth < 3 ? policies(in: bytes) : [] {
      documents += try parse(inner, path, depth: depth + 1)
    }
    if documents.isEmpty {
      throw CommandError(.inputMissing, "`\(path)` holds no valid policy: \(failure)")
    }
    return documents
  }

  /// The policies of a list, or the one inside an answer of the AWS CLI.
  private static func policies(in bytes: [UInt8]) -> [[UInt8]] {
    guard let value = try? JSONValue(parsing: bytes) else { return [] }
    let found = value.elements.isEmpty ? envelopes.compactMap { value[$0] }.prefix(1) : value.elements[...]
    return found.map { policy in
      if let text = policy.string { return Array(text.utf8) }
      var writer = JSONWriter()
      writer.write(policy)
      return writer.bytes
    }
  }
}

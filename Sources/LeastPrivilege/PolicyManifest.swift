// The manifest of a directory of policies, as `policy --output` writes it: which file is whose.

public import CloudTrail
import IAM
import JSONStream

/// What a manifest says of one principal.
public struct PolicyManifest: Hashable, Sendable {
  /// One principal's policies.
  public struct Entry: Hashable, Sendable {
    /// The principal.
    public var principal: Principal
    /// The names of its policies with the paths of their files, below the manifest's directory.
    public var policies: [(name: String, file: String)]
    /// Uses that the policies do not grant, on purpose.
    public var notGranted: [UngrantedUse]

    /// Whether two entries are the same.
    public static func == (left: Entry, right: Entry) -> Bool {
      left.principal == right.principal && left.notGranted == right.notGranted
        && left.policies.elementsEqual(right.policies) { $0.name == $1.name && $0.file == $1.file }
    }

    /// Hashes the principal.
    public func hash(into hasher: inout Hasher) { hasher.combine(principal) }
  }

  /// The entries, in the order of the manifest.
  public var entries: [Entry]
  /// Whether the policies grant refused attempts too.
  public var includesDenied: Bool

  /// Reads a manifest, or returns `nil` where the text is none that Whittle wrote.
  ///
  /// - Parameter bytes: The text.
  public init?(parsing bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes),
      value["generator"]?.string?.hasPrefix("whittle ") == true,
      case .array(let principals)? = value["principals"]
    else { return nil }
    entries = []
    includesDenied = value["includesDenied"]?.bool ?? false
    for item in principals {
      guard let identifier = item["principal"]?.string,
        let kind = item["type"]?.string.flatMap(Principal.Kind.init(rawValue:))
      else { return nil }
      var policies: [(name: String, file: String)] = []
      for policy in item["policies"]?.elements ?? [] {
        guard let name = policy["name"]?.string, let file = policy["file"]?.string else { return nil }
        // A manifest that points out of its directory is not one that Whittle wrote.
        guard !file.hasPrefix("/"), !file.split(separator: "/").contains("..") else { return nil }
        policies.append((name, file))
      }
      let notGranted = (item["notGranted"]?.elements ?? []).compactMap { use -> UngrantedUse? in
        guard let action = use["action"]?.string, let resource = use["resource"]?.string else { return nil }
        return UngrantedUse(
          action: action, resource: resource, calls: 0, firstSeen: nil, lastSeen: nil,
          reason: use["reason"]?.string ?? "")
      }
      entries.append(
        Entry(
          principal: Principal(kind: kind, identifier: identifier, account: ARN(identifier)?.account),
          policies: policies, notGranted: notGranted))
    }
  }
}

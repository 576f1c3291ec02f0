// What `whittle catalog managed` prints: AWS managed policies, or those that cover a set of actions.

public import AWSCatalog
import IAM
import JSONStream

/// AWS managed policies, each with what it allows beyond a set of actions where one was asked for.
public struct CatalogManagedReport: Sendable {
  /// One policy.
  public struct Item: Sendable {
    /// The policy.
    public let policy: ManagedPolicy
    /// How it covers the actions asked for; `nil` where none were.
    public let cover: ManagedPolicyCover?

    /// Creates an item.
    ///
    /// - Parameters:
    ///   - policy: The policy.
    ///   - cover: How it covers the actions asked for.
    public init(policy: ManagedPolicy, cover: ManagedPolicyCover? = nil) {
      self.policy = policy
      self.cover = cover
    }
  }

  /// The policies, in the order to be printed.
  public let items: [Item]

  /// Creates a report.
  ///
  /// - Parameter items: The policies, in the order to be printed.
  public init(_ items: [Item]) { self.items = items }

  /// Writes one policy a line.
  ///
  /// - Parameter output: Where the lines go.
  public func writeNDJSON(to output: inout some (ByteOutput & ~Copyable)) {
    for item in items where output.isOpen {
      var writer = JSONWriter()
      CatalogManagedReport.write(item, to: &writer)
      writer.endLine()
      output.write(writer.bytes)
    }
  }

  /// Writes one JSON document.
  ///
  /// - Parameter output: Where the document goes.
  public func writeJSON(to output: inout some (ByteOutput & ~Copyable)) {
    var writer = JSONWriter(pretty: true)
    writer.beginObject()
    writer.name("policies")
    writer.beginArray()
    for item in items { CatalogManagedReport.write(item, to: &writer) }
    writer.endArray()
    writer.endObject()
    writer.endLine()
    output.write(writer.bytes)
  }

  private static func write(_ item: Item, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("name", item.policy.name)
    writer.member("arn", item.policy.arn)
    writer.member("version", item.policy.version)
    if let cover = item.cover {
      writer.member("excess", cover.excess)
      writer.member("restricted", cover.restricted)
    }
    writer.name("document")
    if let document = try? JSONValue(parsing: item.policy.document) {
      writer.write(document)
    } else {
      writer.writeNull()
    }
    writer.endObject()
  }

  /// Writes text for people: one policy with its document, several as a table.
  ///
  /// - Parameters:
  ///   - output: Where the text goes.
  ///   - isColored: Whether the text is coloured.
  public func writeText(to output: inout some (ByteOutput & ~Copyable), isColored: Bool) {
    if items.count == 1, let item = items.first, item.cover == nil {
      let title = TextStyle.paint(item.policy.name, .heading, enabled: isColored)
      output.write(text: "\(title)  \(item.policy.arn)  \(item.policy.version)\n")
      var writer = JSONWriter(pretty: true)
      if let document = try? JSONValue(parsing: item.policy.document) { writer.write(document) }
      writer.endLine()
      output.write(writer.bytes)
      return
    }
    var table = TextTable(
      ("policy", .left), ("excess", .right), ("version", .left), ("", .left), ("ARN", .left))
    for item in items {
      let restricted = item.cover.map { $0.restricted.isEmpty ? "" : "restricted" } ?? ""
      table.add(
        .init(item.policy.name), .init(item.cover.map { grouped($0.excess) } ?? ""),
        .init(item.policy.version),
        .init(restricted, .warning), .init(item.policy.arn, .dim))
    }
    table.write(to: &output, indent: 0, isColored: isColored)
    output.write(text: "\n\(counted(items.count, "policy", "policies"))")
    let isCover = items.contains { $0.cover != nil }
    output.write(
      text: isCover
        ? "; `excess` counts the actions allowed besides, `restricted` means only on some resources or conditions\n"
        : "\n")
  }
}

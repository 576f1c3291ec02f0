// What `whittle catalog info` prints: counts, dates and sources.

public import AWSCatalog
import JSONStream

/// Counts, dates and sources of the catalog.
public struct CatalogInfoReport: Sendable {
  /// What the catalog holds.
  public let info: CatalogInfo

  /// Creates a report.
  ///
  /// - Parameter info: What the catalog holds.
  public init(_ info: CatalogInfo) { self.info = info }

  /// Writes one JSON object.
  ///
  /// - Parameters:
  ///   - output: Where the object goes.
  ///   - isPretty: Whether it takes several lines.
  public func writeJSON(to output: inout some (ByteOutput & ~Copyable), isPretty: Bool) {
    var writer = JSONWriter(pretty: isPretty)
    writer.beginObject()
    writer.member("date", info.date)
    writer.member("bytes", info.bytes)
    writer.member("tables", info.tables) { writer, table in
      writer.member("name", table.name)
      writer.member("entries", table.entries)
      writer.member("bytes", table.bytes)
      writer.member("source", table.source)
    }
    writer.member("updatedServices", info.updatedServices)
    writer.endObject()
    writer.endLine()
    output.write(writer.bytes)
  }

  /// Writes text for people.
  ///
  /// - Parameters:
  ///   - output: Where the text goes.
  ///   - isColored: Whether the text is coloured.
  public func writeText(to output: inout some (ByteOutput & ~Copyable), isColored: Bool) {
    let title = TextStyle.paint("AWS catalog of \(terminalText(info.date))", .heading, enabled: isColored)
    output.write(text: "\(title), \(byteCount(info.bytes)) inside the program\n\n")
    var table = TextTable(("table", .left), ("entries", .right), ("size", .right), ("from", .left))
    for entry in info.tables {
      table.add(
        .init(entry.name), .init(grouped(entry.entries)), .init(byteCount(entry.bytes)),
        .init(entry.source, .dim))
    }
    table.write(to: &output, isColored: isColored)
    if !info.updatedServices.isEmpty {
      output.write(
        text: "\n\(counted(info.updatedServices.count, "service")) from a catalog file: "
          + terminalText(info.updatedServices.joined(separator: ", ")) + "\n")
    }
  }
}

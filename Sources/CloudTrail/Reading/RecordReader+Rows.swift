// Rows and other schemas: what is turned into CloudTrail's own form before it is read as an event.

import JSONStream

extension RecordReader {
  /// Reads a record in OCSF.
  mutating func readOCSF(_ document: JSONValue, _ place: Place) {
    for record in OCSFRecord.records(in: document) {
      if record.isCloudTrail {
        read(record: record.cloudTrailRecord, .ocsf, place)
      } else {
        summary.skipped[.otherProduct, default: 0] += 1
      }
    }
  }

  /// Reads a row of a query's result: objects with one member for each column.
  mutating func readLakeRow(_ row: JSONValue, _ place: Place) {
    let columns = row.elements.flatMap(\.members)
    if columns.contains(where: { $0.value.string == nil && $0.value != .null }) {
      return skipRow()
    }
    let texts = columns.map { (name: $0.name, text: $0.value.string ?? "") }
    guard let record = QueryRow(texts).cloudTrailRecord(.lake) else { return skipRow() }
    read(record: record, .lake, place)
  }

  /// Reads a row of a table.
  ///
  /// - Parameters:
  ///   - fields: The row.
  ///   - header: The table's header.
  ///   - format: The form that the header tells.
  ///   - place: Where the row stands.
  mutating func read(row fields: [[UInt8]], header: [String], _ format: LogFormat, _ place: Place) {
    let columns = zip(header, fields)
    var place = place
    place.format = format
    if format == .cloudWatchLogs || format == .splunk {
      guard
        let text = columns.first(where: { $0.0.lowercased() == "@message" || $0.0.lowercased() == "_raw" })?
          .1,
        let first = text.first(where: { !$0.isJSONWhitespace }), first == UInt8(ascii: "{")
      else { return skipRow() }
      return read(text: text, place)
    }
    let row = QueryRow(columns.lazy.map { (name: $0.0, text: String(decoding: $0.1, as: UTF8.self)) })
    guard let record = row.cloudTrailRecord(format) else { return skipRow() }
    read(record: record, format, place)
  }

  private mutating func skipRow() { summary.skipped[.partialRow, default: 0] += 1 }

  /// Reads a record that was put into CloudTrail's form.
  private mutating func read(record: JSONValue, _ format: LogFormat, _ place: Place) {
    var writer = JSONWriter()
    writer.write(record)
    var place = place
    place.format = format
    read(text: writer.bytes, place)
  }
}

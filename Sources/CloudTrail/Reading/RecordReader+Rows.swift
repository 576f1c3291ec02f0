// Rows and other schemas: what is turned into CloudTrail's own form before it is read as an event.

import JSONStream

extension RecordReader {
  /// Reads a record in OCSF.
  mutating func readOCSF(_ document: JSONValue, _ place: Place) {
    for record in OCSFRecord.records(in: document) {
      if record.isCloudTrail {
        read(record: record.cloudTrailRecord, .ocsf, place)
      } else {
        counted.skipped[.otherProduct, default: 0] += 1
      }
    }
  }

  /// Reads a row of a query's result: objects with one member for each column.
  mutating func readLakeRow(_ row: JSONValue, _ place: Place) {
    let columns = row.elements.flatMap(\.members)
    if columns.contains(where: { $0.value.string == nil && $0.value != .null }) {
      return skipRow()
    }
    readRow(columns, .lake, place)
  }

  /// Reads a document that is a row with its columns as members, or `false` if its names are none of a table.
  ///
  /// Athena unloads rows so, and Microsoft Sentinel exports them so.
  mutating func readRow(document: JSONValue, _ place: Place) -> Bool {
    guard let format = QueryRow.format(header: document.members.map(\.name)) else { return false }
    readRow(document.members, format, place)
    return true
  }

  private mutating func readRow(_ columns: [JSONMember], _ format: LogFormat, _ place: Place) {
    read(
      row: columns.map { column in
        if case .null = column.value { return [] }
        if let text = column.value.scalarText { return Array(text.utf8) }
        var writer = JSONWriter()
        writer.write(column.value)
        return writer.bytes
      }, header: columns.map(\.name), format, place)
  }

  /// Reads the rows of a document that is a table, or `false` if it is none.
  ///
  /// `aws athena get-query-results` has the names in the first row, the query API of Azure Monitor beside the rows.
  mutating func readTable(_ document: JSONValue, _ place: Place) -> Bool {
    if let rows = document["ResultSet"]?["Rows"]?.elements, let first = rows.first {
      func columns(_ row: JSONValue) -> [JSONValue] {
        row["Data"]?.elements.map { $0["VarCharValue"] ?? .null } ?? []
      }
      return read(rows: rows.dropFirst().map(columns), header: columns(first), place)
    }
    var isTable = false
    for table in document["tables"]?.elements ?? [] {
      let header = table["columns"]?.elements.map { $0["name"] ?? .null } ?? []
      if read(rows: table["rows"]?.elements.map(\.elements) ?? [], header: header, place) { isTable = true }
    }
    return isTable
  }

  private mutating func read(rows: [[JSONValue]], header: [JSONValue], _ place: Place) -> Bool {
    let names = header.map { $0.string ?? "" }
    guard let format = QueryRow.format(header: names) else { return false }
    for row in rows {
      guard row.count == names.count else {
        skipRow()
        continue
      }
      readRow(zip(names, row).map { JSONMember($0, $1) }, format, place)
    }
    return true
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
    if let event = columns.first(where: { QueryRow.isEvent($1, in: $0) }) {
      return read(text: event.1, place)
    }
    let row = QueryRow(columns.lazy.map { (name: $0.0, text: String(decoding: $0.1, as: UTF8.self)) })
    guard let record = row.cloudTrailRecord(format) else { return skipRow() }
    read(record: record, format, place)
  }

  private mutating func skipRow() { counted.skipped[.partialRow, default: 0] += 1 }

  /// Reads a record that was put into CloudTrail's form.
  mutating func read(record: JSONValue, _ format: LogFormat, _ place: Place) {
    var writer = JSONWriter()
    writer.write(record)
    var place = place
    place.format = format
    read(text: writer.bytes, place)
  }
}

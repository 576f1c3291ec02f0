// A catalog in one file: what `catalog import` writes and `--catalog` reads.
//
//     # whittle catalog 1
//     == services
//     s3⇥2026-11-20⇥
//     == actions
//     s3:GetObject⇥R⇥d⇥object*⇥…
//
// The sections are the embedded tables by their names, each sorted as they are. Unknown sections are passed over, so
// that a later program may add some. Nothing in such a file is trusted: a table out of order is refused, and every
// field is read as text.

/// Why a catalog file cannot be used.
public struct CatalogFileError: Error, Hashable, Sendable {
  /// The number of the line at fault, from 1.
  public let line: Int
  /// What is wrong: lower case, no full stop.
  public let message: String
}

extension Catalog {
  static let fileMark = "# whittle catalog 1"

  /// The catalog with a catalog file laid over it.
  ///
  /// For each service the newer data wins: the file speaks for a service that the program does not know, or whose data
  /// in the file is of the same day or later. The bytes are kept for as long as the program runs.
  ///
  /// - Parameter file: The bytes of a file that ``CatalogImport/catalogFile()`` made.
  /// - Returns: The catalog; lookups cost what they cost without a file, patterns a little more.
  /// - Throws: ``CatalogFileError`` where the bytes are no catalog file, or a table in it is out of order.
  public func updated(by file: [UInt8]) throws(CatalogFileError) -> Catalog {
    guard file.starts(with: Catalog.fileMark.utf8), file.count > Catalog.fileMark.utf8.count,
      file[Catalog.fileMark.utf8.count] == UInt8(ascii: "\n")
    else {
      throw CatalogFileError(line: 1, message: "this is no catalog file; `whittle catalog import` writes one")
    }
    // Never freed: a catalog lives as long as the program, and tables are no more than pointers.
    let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: file.count)
    _ = unsafe memory.initialize(from: file)
    guard let base = unsafe UnsafePointer(memory.baseAddress) else { return self }
    let whole = unsafe CatalogTable(base: base, count: file.count)

    var tables = CatalogTables()
    var section: (name: String, start: Int, line: Int)?
    func close(at end: Int) throws(CatalogFileError) {
      guard let section, let entry = CatalogTables.names.first(where: { $0.name == section.name }) else {
        return
      }
      let table = unsafe CatalogTable(base: base + section.start, count: end - section.start)
      if let line = table.firstLineOutOfOrder {
        throw CatalogFileError(line: section.line + line, message: "table `\(section.name)` is out of order")
      }
      tables[keyPath: entry.path] = table
    }
    var number = 1
    var line = whole.line(at: whole.start)
    while let current = line {
      number += 1
      if current.hasPrefix("== ") {
        try close(at: current.start)
        section = (whole.text(current.start + 3..<current.end), min(current.end + 1, whole.count), number)
      }
      line = current.next
    }
    try close(at: whole.count)

    var services: Set<String> = []
    tables.services.forEachLine(matching: "*") { line in
      let name = line.text(0)
      let known = self.tables.services.line(name)?.text(1) ?? ""
      if !known.utf8.lexicographicallyPrecedes(line.text(1).utf8), known != line.text(1) { return }
      services.insert(name.lowercased())
    }
    return Catalog(tables: self.tables, update: Update(tables: tables, services: services))
  }
}

extension CatalogTable {
  /// The number of the first line whose key does not follow the one before, counted from 1; `nil` where all do.
  var firstLineOutOfOrder: Int? {
    var number = 0
    var previous: CatalogLine?
    var line = line(at: start)
    while let current = line {
      number += 1
      if let previous, !precedes(previous.range(0), current.range(0)) { return number }
      previous = current
      line = current.next
    }
    return nil
  }

  private func precedes(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
    for (first, second) in zip(left, right) {
      let difference = Int(lowercased(byte(at: first))) - Int(lowercased(byte(at: second)))
      if difference != 0 { return difference < 0 }
    }
    return left.count < right.count
  }
}

extension CatalogLine {
  /// Whether the line begins with a text.
  ///
  /// - Parameter prefix: The text.
  /// - Returns: Whether it does.
  func hasPrefix(_ prefix: String) -> Bool {
    guard prefix.utf8.count <= end - start else { return false }
    return zip(prefix.utf8, start..<end).allSatisfy { table.byte(at: $1) == $0 }
  }
}

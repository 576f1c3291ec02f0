// What the catalog holds, for `catalog info` and `--version`.

/// Counts, dates and sources of a catalog.
public struct CatalogInfo: Hashable, Sendable {
  /// One table.
  public struct Table: Hashable, Sendable {
    /// Its name, such as `actions`.
    public let name: String
    /// The number of its entries.
    public let entries: Int
    /// Its size in bytes.
    public let bytes: Int
    /// Where it comes from, and of what date.
    public let source: String
  }

  /// The day of the newest data, such as `2026-10-26`.
  public let date: String
  /// The tables, in the order in which they matter.
  public let tables: [Table]
  /// The services for which a catalog file speaks, sorted.
  public let updatedServices: [String]

  /// The bytes of all tables.
  public var bytes: Int { tables.reduce(0) { $0 + $1.bytes } }
}

extension Catalog {
  /// What the catalog holds.
  ///
  /// - Complexity: O(*n*) in the size of the catalog.
  public var info: CatalogInfo {
    CatalogInfo(
      date: date,
      tables: CatalogTables.names.map { name, path in
        let table = tables[keyPath: path]
        let source = table.source
        let mark = "\(name), from "
        return CatalogInfo.Table(
          name: name, entries: entries(path), bytes: table.count,
          source: source.hasPrefix(mark) ? String(source.dropFirst(mark.count)) : source)
      },
      updatedServices: updatedServices)
  }

  /// The day of the newest data in the catalog, such as `2026-10-26`.
  public var date: String {
    var newest = ""
    forEachLine(\.services, matching: "*") { line in
      let date = line.text(1)
      if newest < date { newest = date }
    }
    return newest
  }

  /// The services of the catalog, sorted: prefix, name where it is known, and the day of their data.
  public var services: [(prefix: String, name: String, date: String)] {
    var services: [(prefix: String, name: String, date: String)] = []
    forEachLine(\.services, matching: "*") { services.append(($0.text(0), $0.text(2), $0.text(1))) }
    return services
  }

  private func entries(_ path: KeyPath<CatalogTables, CatalogTable>) -> Int {
    guard update != nil, path == \.services || path == \.actions || path == \.resourceTypes else {
      return tables[keyPath: path].lineCount
    }
    var count = 0
    forEachLine(path, matching: "*") { _ in count += 1 }
    return count
  }
}

// The AWS reference: what every other module asks about actions, resource types and operations.

/// The AWS reference data: services, actions, resource types, what authorises which operation, managed policies.
///
/// The embedded catalog costs nothing to make and to copy, and nothing is read before the first question: lookups
/// search the sorted tables in place. A catalog file can be laid over it, and then speaks for the services that it
/// describes at a later date. All names are compared without regard to ASCII case and returned as AWS spells them.
public struct Catalog: Sendable {
  /// What a catalog file says, over the embedded tables.
  struct Update: Sendable {
    /// The tables of the file.
    let tables: CatalogTables
    /// The services for which the file speaks, in lower case.
    let services: Set<String>
  }

  /// The tables inside the program.
  let tables: CatalogTables
  /// What is laid over them.
  let update: Update?

  /// The catalog inside the program.
  public static let embedded = Catalog(tables: .embedded, update: nil)

  /// The services for which a catalog file speaks in place of the program, sorted.
  public var updatedServices: [String] { (update?.services ?? []).sortedByBytes() }

  /// The line of a table that a key such as `s3:GetObject` or `s3:object` leads to, in the layer that speaks for its
  /// service.
  func line(_ table: KeyPath<CatalogTables, CatalogTable>, _ key: String) -> CatalogLine? {
    layer(ofKey: key)[keyPath: table].line(key)
  }

  /// The tables that speak for the service of a key, which stands in front of its first colon.
  private func layer(ofKey key: String) -> CatalogTables {
    guard let update else { return tables }
    return update.services.contains(String(key.prefix { $0 != ":" }).lowercased()) ? update.tables : tables
  }

  /// Visits the lines of a table whose keys match a pattern, each from the layer that speaks for its service, in the
  /// order of the keys.
  func forEachLine(
    _ table: KeyPath<CatalogTables, CatalogTable>, matching pattern: String, _ visit: (CatalogLine) -> Void
  ) {
    guard let update else { return tables[keyPath: table].forEachLine(matching: pattern, visit) }
    var lines: [(key: String, line: CatalogLine)] = []
    tables[keyPath: table].forEachLine(matching: pattern) { line in
      let key = line.text(0).lowercased()
      if !update.services.contains(String(key.prefix { $0 != ":" })) { lines.append((key, line)) }
    }
    update.tables[keyPath: table].forEachLine(matching: pattern) { line in
      let key = line.text(0).lowercased()
      if update.services.contains(String(key.prefix { $0 != ":" })) { lines.append((key, line)) }
    }
    for (_, line) in lines.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) { visit(line) }
  }
}

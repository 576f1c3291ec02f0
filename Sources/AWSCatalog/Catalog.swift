// The AWS reference: what every other module asks about actions, resource types and operations.

/// The AWS reference data: services, actions, resource types, what authorises which operation, managed policies.
///
/// A value costs nothing to make and to copy, and nothing is read before the first question: lookups search the
/// sorted tables in place. All names are compared without regard to ASCII case and returned as AWS spells them.
public struct Catalog: Sendable {
  let tables: CatalogTables

  /// The catalog inside the program.
  public static let embedded = Catalog(tables: .embedded)
}

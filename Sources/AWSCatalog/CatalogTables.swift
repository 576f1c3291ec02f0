// The set of tables that make a catalog, embedded or loaded from a file.

import CCatalog

/// The tables of one catalog.
struct CatalogTables: Sendable {
  /// Action ⇥ level ⇥ observability ⇥ resource types ⇥ condition keys ⇥ dependent actions.
  let actions: CatalogTable
  /// Condition key ⇥ type.
  let conditionKeys: CatalogTable
  /// Event source without its domain ⇥ service prefix ⇥ note.
  let eventSources: CatalogTable
  /// Name ⇥ path ⇥ version ⇥ document.
  let managedPolicies: CatalogTable
  /// `prefix:Operation` ⇥ kind ⇥ requirements ⇥ note.
  let operations: CatalogTable
  /// Placeholder ⇥ parameter names.
  let parameterAliases: CatalogTable
  /// `prefix:Operation` ⇥ rules.
  let passRole: CatalogTable
  /// `service:type` ⇥ ARN formats ⇥ condition keys ⇥ CloudFormation types.
  let resourceTypes: CatalogTable
  /// Action ⇥ what became of it.
  let retiredActions: CatalogTable
  /// Service prefix ⇥ name.
  let services: CatalogTable
  /// `prefix:Operation` ⇥ tagging action ⇥ parameters.
  let tagOnCreate: CatalogTable

  /// The tables inside the program.
  static let embedded = CatalogTables(
    actions: embedded(WHITTLE_CATALOG_ACTIONS),
    conditionKeys: embedded(WHITTLE_CATALOG_CONDITION_KEYS),
    eventSources: embedded(WHITTLE_CATALOG_EVENT_SOURCES),
    managedPolicies: embedded(WHITTLE_CATALOG_MANAGED_POLICIES),
    operations: embedded(WHITTLE_CATALOG_OPERATIONS),
    parameterAliases: embedded(WHITTLE_CATALOG_PARAMETER_ALIASES),
    passRole: embedded(WHITTLE_CATALOG_PASS_ROLE),
    resourceTypes: embedded(WHITTLE_CATALOG_RESOURCE_TYPES),
    retiredActions: embedded(WHITTLE_CATALOG_RETIRED_ACTIONS),
    services: embedded(WHITTLE_CATALOG_SERVICES),
    tagOnCreate: embedded(WHITTLE_CATALOG_TAG_ON_CREATE))

  private static func embedded(_ table: whittle_catalog_table) -> CatalogTable {
    var count = 0
    // The shim returns bytes of the program itself and their number: they live for ever.
    let base = unsafe whittle_catalog_table(table, &count)
    guard let base = unsafe base else { preconditionFailure("an embedded table has no bytes") }
    return unsafe CatalogTable(base: base, count: count)
  }
}

// The set of tables that make a catalog, embedded or loaded from a file.

import CCatalog

/// The tables of one catalog.
struct CatalogTables: Sendable {
  /// Action ⇥ level ⇥ observability ⇥ resource types ⇥ condition keys ⇥ dependent actions.
  var actions = CatalogTable.empty
  /// Condition key ⇥ type.
  var conditionKeys = CatalogTable.empty
  /// Event source without its domain ⇥ service prefix.
  var eventSources = CatalogTable.empty
  /// Name ⇥ path ⇥ version ⇥ services ⇥ document.
  var managedPolicies = CatalogTable.empty
  /// `prefix:Operation` ⇥ kind ⇥ requirements ⇥ note.
  var operations = CatalogTable.empty
  /// Placeholder ⇥ parameter names.
  var parameterAliases = CatalogTable.empty
  /// `prefix:Operation` ⇥ rules, one a field.
  var passRole = CatalogTable.empty
  /// `service:type` ⇥ ARN formats ⇥ condition keys ⇥ CloudFormation types.
  var resourceTypes = CatalogTable.empty
  /// Action ⇥ what became of it.
  var retiredActions = CatalogTable.empty
  /// Service prefix ⇥ date ⇥ name.
  var services = CatalogTable.empty
  /// `prefix:Operation` ⇥ tagging action ⇥ parameters.
  var tagOnCreate = CatalogTable.empty

  /// The tables by the names under which catalog files and `catalog info` know them.
  static var names: [(name: String, path: WritableKeyPath<CatalogTables, CatalogTable>)] {
    [
      ("services", \.services), ("actions", \.actions), ("resource-types", \.resourceTypes),
      ("condition-keys", \.conditionKeys), ("event-sources", \.eventSources), ("operations", \.operations),
      ("pass-role", \.passRole), ("tag-on-create", \.tagOnCreate), ("parameter-aliases", \.parameterAliases),
      ("managed-policies", \.managedPolicies), ("retired-actions", \.retiredActions),
    ]
  }

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

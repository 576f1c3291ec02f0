// What a resolver looked up in the catalog, kept by operation and by action.

import AWSCatalog
import Synchronization

/// Plans of operations and actions, made on first use.
///
/// A class, because a resolver is a value whose copies should share what one of them looked up. The number of plans
/// is bounded by the catalog and by a fixed number of operations that it does not know.
final class PlanCache: Sendable {
  private struct Operation: Hashable {
    let source: String
    let name: String
  }
  private struct State: Sendable {
    var operations: [Operation: OperationPlan] = [:]
    var actions: [String: ActionPlan] = [:]
    var services: [String: ServiceTypes] = [:]
    var formats: [String: ARNFormat] = [:]
    /// The services of which a format or a rule names a region.
    var servicesNamingRegions: Set<String>?

    /// A format, parsed once however many types and actions have it.
    mutating func format(_ text: String) -> ARNFormat? {
      if let format = formats[text] { return format }
      let format = ARNFormat(text)
      formats[text] = format
      return format
    }
  }

  private static let capacity = 20_000
  private let catalog: Catalog
  private let state = Mutex(State())

  /// Creates an empty cache.
  ///
  /// - Parameter catalog: The reference data.
  init(catalog: Catalog) { self.catalog = catalog }

  /// Whether a format or a rule names a region that may be asked about an action.
  ///
  /// - Parameter action: The action in any case.
  /// - Returns: Whether one may.
  func namesRegions(_ action: String) -> Bool {
    let service = action.prefix { $0 != ":" }.lowercased()
    return state.withLock { state in
      if let known = state.servicesNamingRegions { return known.contains(service) }
      let services = Set(catalog.namedRegions.map { $0.service.lowercased() })
        .union(ServiceRules.all.filter { !$0.regions.isEmpty }.flatMap(\.services))
      state.servicesNamingRegions = services
      return services.contains(service)
    }
  }

  /// The plan of an operation.
  ///
  /// - Parameters:
  ///   - source: The event source.
  ///   - name: The event name.
  /// - Returns: The plan.
  func plan(source: String, name: String) -> OperationPlan {
    let key = Operation(source: source, name: name)
    return state.withLock { state in
      if let plan = state.operations[key] { return plan }
      let plan = OperationPlan(
        operation: Catalog.withoutDate(name), mapping: catalog.operation(source: source, name: name))
      if state.operations.count < PlanCache.capacity { state.operations[key] = plan }
      return plan
    }
  }

  /// The plan of an action that a record spells as it likes, or `nil` where the catalog has no such action.
  ///
  /// - Parameter name: The action, in any case. Plans are kept by the names of the catalog alone.
  /// - Returns: The plan, or `nil`.
  func action(spelled name: String) -> ActionPlan? {
    if let plan = state.withLock({ $0.actions[name] }) { return plan }
    return catalog.canonicalName(name).flatMap { action($0) }
  }

  /// The plan of an action, or `nil` where the catalog has no such action.
  ///
  /// - Parameter name: The action as the catalog spells it.
  /// - Returns: The plan, or `nil`.
  func action(_ name: String) -> ActionPlan? {
    state.withLock { state in
      if let plan = state.actions[name] { return plan }
      guard let entry = catalog.action(name) else { return nil }
      let service = String(entry.action.prefix { $0 != ":" })
      let types =
        state.services[service] ?? ServiceTypes(service: service, catalog: catalog) { state.format($0) }
      state.services[service] = types
      let plan = ActionPlan(
        action: entry.action, service: service, accessLevel: entry.accessLevel,
        types: entry.resourceTypes.map { type in
          ResourceTypeFormats(
            name: type.name, required: type.required,
            formats: type.arnFormats.compactMap { state.format($0) }
          ) { placeholder in
            catalog.parameterAliases(placeholder: placeholder, resourceType: type.name, service: service)
          }
        },
        serviceTypes: types)
      state.actions[name] = plan
      return plan
    }
  }
}

extension OperationPlan {
  /// Why the catalog's answer is not an action, where the table says nothing.
  var unresolvedReason: String? {
    mapping.kind == .unresolved ? "no action of the catalog authorises this operation" : nil
  }
}

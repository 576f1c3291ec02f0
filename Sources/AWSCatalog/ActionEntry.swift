// What the Service Authorization Reference says of one action.

/// The access level that AWS assigns to an action.
public enum AccessLevel: String, Hashable, Sendable, CaseIterable {
  /// Lists resources.
  case list = "List"
  /// Reads contents or attributes.
  case read = "Read"
  /// Creates, changes or deletes.
  case write = "Write"
  /// Changes tags only.
  case tagging = "Tagging"
  /// Grants or changes permissions.
  case permissionsManagement = "Permissions management"
}

/// Whether CloudTrail can show that an action was used (SEMANTICS §8).
public enum Observability: String, Hashable, Sendable {
  /// Logged as a management event, by default.
  case management
  /// Logged as a data event, only where a trail selects it.
  case data
  /// Not logged by CloudTrail.
  case never
}

/// A resource type that an action accepts.
public struct ActionResourceType: Hashable, Sendable {
  /// The type's name in the service's table, such as `object`.
  public let name: String
  /// Whether a policy must name a resource of this type for the action to be allowed.
  public let required: Bool
  /// The type's ARN formats with `${Placeholders}`, most general first.
  public let arnFormats: [String]

  /// Creates a resource type of an action.
  ///
  /// - Parameters:
  ///   - name: The type's name.
  ///   - required: Whether the action requires it.
  ///   - arnFormats: Its ARN formats.
  public init(name: String, required: Bool, arnFormats: [String]) {
    self.name = name
    self.required = required
    self.arnFormats = arnFormats
  }
}

/// What sort of action one of the catalog is.
public struct ActionTraits: Hashable, Sendable {
  /// The action as AWS spells it.
  public let action: String
  /// Its access level.
  public let accessLevel: AccessLevel
  /// Whether CloudTrail can show its use.
  public let observability: Observability
}

/// One action of the catalog.
public struct ActionEntry: Hashable, Sendable {
  /// The action as AWS spells it, such as `s3:GetObject`.
  public let action: String
  /// Its access level.
  public let accessLevel: AccessLevel
  /// The resource types it accepts, sorted by name; empty where the action takes `*` only.
  public let resourceTypes: [ActionResourceType]
  /// The condition keys it supports, sorted.
  public let conditionKeys: [String]
  /// Actions that a call may need besides, sorted.
  public let dependentActions: [String]
  /// Whether CloudTrail can show its use.
  public let observability: Observability

  /// Creates an entry.
  ///
  /// - Parameters:
  ///   - action: The action as AWS spells it.
  ///   - accessLevel: Its access level.
  ///   - resourceTypes: The resource types it accepts.
  ///   - conditionKeys: The condition keys it supports.
  ///   - dependentActions: Actions a call may need besides.
  ///   - observability: Whether CloudTrail can show its use.
  public init(
    action: String, accessLevel: AccessLevel, resourceTypes: [ActionResourceType], conditionKeys: [String],
    dependentActions: [String], observability: Observability
  ) {
    self.action = action
    self.accessLevel = accessLevel
    self.resourceTypes = resourceTypes
    self.conditionKeys = conditionKeys
    self.dependentActions = dependentActions
    self.observability = observability
  }
}

// How closely a trimmed document follows the use; coarser where a quota demands it.

/// A step of the ladder from the closest document to the one that changes least.
///
/// Every step stays inside the grant as it was: a wildcard is only ever written where an old pattern contains it.
public enum TrimDetail: Int, Hashable, Sendable, CaseIterable, Comparable {
  /// Actions by name, wide resources narrowed.
  case names
  /// Action wildcards that match nothing but what is kept, wide resources narrowed.
  case exactWildcards
  /// The same, with wide resources as they were.
  case oldResources
  /// Wildcards for actions of one service whose names begin with one word.
  case words
  /// Wildcards for whole services.
  case services
  /// The action lists as they were; unused resources and statements go.
  case oldActions

  /// Whether wide resource patterns are narrowed.
  var narrowsResources: Bool { self < .oldResources }
  /// Whether unused actions may stay for a quota's sake.
  public var isCoarse: Bool { self >= .words }

  /// Orders steps from the closest to the coarsest.
  public static func < (left: TrimDetail, right: TrimDetail) -> Bool { left.rawValue < right.rawValue }
}

// ARN formats of the Service Authorization Reference, compared with the resources that policies name.

/// The format of a resource type's ARNs, such as `arn:${Partition}:s3:::${BucketName}/${ObjectName}`.
///
/// See "Resource types" in the Service Authorization Reference. A placeholder or `*` in one of the first five
/// segments stands for some text without a colon; a segment that the format leaves empty is empty.
public struct ARNFormat: Hashable, Sendable {
  private let pattern: UnitPattern

  /// Creates a format.
  ///
  /// - Parameter format: The format, with placeholders `${Name}` or `*`; `*` alone admits everything.
  public init(_ format: String) {
    var pattern = UnitPattern()
    var segment = 0
    var isInPlaceholder = false
    var previous: Unicode.Scalar = " "
    for scalar in format.unicodeScalars {
      defer { previous = scalar }
      switch scalar {
      case "}" where isInPlaceholder: isInPlaceholder = false
      case _ where isInPlaceholder: break
      case "$": break
      case "*",
        "{" where previous == "$":
        isInPlaceholder = scalar == "{"
        let isInSegment = (1...4).contains(segment)
        if isInSegment { pattern.append(PatternUnit.oneInSegment) }
        pattern.append(isInSegment ? PatternUnit.anyInSegment : PatternUnit.any)
      default:
        if scalar == ":" { segment += 1 }
        pattern.append(scalar.value)
      }
    }
    self.pattern = pattern
  }

  /// Whether some ARN of this format is matched by a `Resource` of a policy.
  ///
  /// - Parameters:
  ///   - resource: The resource as a policy has it; policy variables stand for any text.
  ///   - version: The `Version` of the policy.
  /// - Returns: Whether naming the resource can have an effect on resources of this type.
  public func admits(_ resource: String, version: String? = "2012-10-17") -> Bool {
    var query = LanguageQuery()
    query.require([pattern])
    var wanted = UnitPattern()
    for part in VariableText(resource, version: version).parts {
      switch part {
      case .text(let text): wanted.append(pattern: text)
      case .escaped(let character): wanted.append(literal: character)
      case .variable: wanted.append(PatternUnit.any)
      }
    }
    query.require([wanted])
    var budget = 1 << 20
    return query.solve(budget: &budget) != .none
  }
}

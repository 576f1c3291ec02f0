// What is wrong with a policy document, and where.

/// A reason why a text is no valid IAM policy, with its place in the document.
public struct PolicyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What sort of fault it is.
  public enum Code: String, Hashable, Sendable, CaseIterable {
    /// The text is no JSON, or has something behind the value.
    case malformedJSON
    /// The text is longer, or nested deeper, than any policy may be.
    case tooLarge
    /// A value has a type that the grammar does not have there.
    case wrongType
    /// An object has the same element twice.
    case duplicateElement
    /// An element that the policy grammar does not know.
    case unknownElement
    /// An element that the grammar requires is absent.
    case missingElement
    /// Two elements that exclude each other, such as `Action` and `NotAction`.
    case conflictingElements
    /// A value that the element does not take, such as an `Effect` of `allow`.
    case invalidValue
    /// A condition operator that does not exist.
    case unknownOperator
    /// An action that is neither `*` nor `service:Name`.
    case invalidAction
    /// A resource that is neither `*` nor an ARN.
    case invalidARN
    /// A principal that has none of the documented forms.
    case invalidPrincipal
  }

  /// What sort of fault it is.
  public let code: Code
  /// The path to the value at fault, such as `Statement[2].Condition.StringEquals`; empty for the document itself.
  public let path: String
  /// The line of the value at fault, counted from 1.
  public let line: Int
  /// The column of the value at fault in Unicode scalars, counted from 1.
  public let column: Int
  /// What is wrong, in words.
  public let message: String

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - code: What sort of fault it is.
  ///   - path: The path to the value at fault.
  ///   - line: Its line, from 1.
  ///   - column: Its column, from 1.
  ///   - message: What is wrong, in words.
  public init(code: Code, path: String, line: Int, column: Int, message: String) {
    self.code = code
    self.path = path
    self.line = line
    self.column = column
    self.message = message
  }

  /// The error in one line: place, path and message.
  public var description: String {
    let place = "line \(line), column \(column)"
    return path.isEmpty ? "\(place): \(message)" : "\(place): `\(path)`: \(message)"
  }
}

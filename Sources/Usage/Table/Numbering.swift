// Values by number: each is kept once, and compared by comparing numbers.

/// Distinct values, each of which has a number from 0.
struct Numbering<Element: Hashable & Sendable>: Sendable {
  /// The values in the order of their numbers.
  private(set) var elements: [Element] = []
  private var numbers: [Element: UInt32] = [:]

  /// Creates a numbering of no values.
  init() {}

  /// How many values there are.
  var count: Int { elements.count }

  /// The value of a number.
  ///
  /// - Parameter number: The number.
  subscript(number: UInt32) -> Element { elements[Int(number)] }

  /// The number of a value, which is added if it is new.
  ///
  /// - Parameter element: The value.
  /// - Returns: Its number.
  mutating func number(of element: Element) -> UInt32 {
    if let number = numbers[element] { return number }
    let number = UInt32(elements.count)
    elements.append(element)
    numbers[element] = number
    return number
  }

  /// The number of a value that is there.
  ///
  /// - Parameter element: The value.
  /// - Returns: Its number, or `nil` where it is not there.
  func find(_ element: Element) -> UInt32? { numbers[element] }
}

// An array that grows without moving what is in it.
//
// An array that doubles has for a moment three times the memory of what it holds, of which it has used two thirds, and the
// system makes the pages of each copy anew. Chunks of one size waste at most the rest of the last one.

import JSONStream

/// Elements by number, in chunks of one size; the first chunk grows as an array does, so that few elements take little.
struct ChunkedArray<Element: Sendable>: Sendable {
  /// How many bits of a number tell the place in a chunk.
  private static var placeBits: Int { 12 }
  private static var size: Int { 1 << placeBits }
  private static var mask: Int { size - 1 }

  private var chunks: [[Element]] = [[]]
  /// How many elements there are.
  private(set) var count = 0

  /// Creates an empty array.
  init() {}

  /// Whether there are no elements.
  var isEmpty: Bool { count == 0 }
  /// The numbers of the elements.
  var indices: Range<Int> { 0..<count }

  /// An element.
  ///
  /// - Parameter number: Its number.
  subscript(number: Int) -> Element {
    @inline(__always) get { chunks[number >> Self.placeBits][number & Self.mask] }
    @inline(__always) set { chunks[number >> Self.placeBits][number & Self.mask] = newValue }
  }

  /// Changes an element where it stands.
  ///
  /// - Parameters:
  ///   - number: Its number.
  ///   - change: Changes it.
  @inline(__always)
  mutating func update(_ number: Int, _ change: (inout Element) -> Void) {
    change(&chunks[number >> Self.placeBits][number & Self.mask])
  }

  /// Asks for the memory of an element.
  ///
  /// - Parameter number: Its number.
  @inline(__always)
  func prefetch(_ number: Int) { chunks[number >> Self.placeBits].prefetch(at: number & Self.mask) }

  /// Adds an element behind the others.
  ///
  /// - Parameter element: The element; its number is how many there were.
  mutating func append(_ element: Element) {
    if count >> Self.placeBits == chunks.count {
      chunks.append([])
      chunks[chunks.count - 1].reserveCapacity(Self.size)
    }
    chunks[chunks.count - 1].append(element)
    count += 1
  }
}

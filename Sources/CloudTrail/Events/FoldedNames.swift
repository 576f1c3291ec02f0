// Names of members as rules compare them: CloudTrail spells one parameter in several ways (`bucketName`, `BucketName`,
// `bucket-name`), so names are folded to lower-case letters and digits.

public import JSONStream

extension UInt8 {
  /// What the byte is in a folded name: a letter in lower case or a digit; `nil` where it is left out.
  @inlinable @inline(__always)
  public var folded: UInt8? {
    // Digits have the bit of lower case already.
    isAlphanumeric ? self | 0x20 : nil
  }
}

/// Names of members in lower-case letters and digits, as rules compare them.
///
/// A class, because its tables are handed on for each event: as a value, each of them would be counted.
package final class FoldedNames: Sendable {
  /// The letters of all names, one behind the other, by the lower bits of the letter that they begin with.
  private let letters: [UInt8]
  /// Where each name begins in the letters, and where the last one ends.
  private let starts: [Int]
  /// The number of the first name that begins with each letter, by its lower bits, and of names.
  private let numbers: [Int]
  /// How many letters the shortest name has that begins with each letter.
  private let shortest: [Int]
  /// For each pair of bytes, the first one in the upper bits, whether a name may begin with it: a bit each.
  private let pairs: [UInt64]

  /// No names.
  package static let none = FoldedNames([])

  /// Creates a set of names.
  ///
  /// - Parameter names: The names in any spelling.
  package init(_ names: [String]) {
    let names = names.map { $0.utf8.compactMap(\.folded) }.filter { !$0.isEmpty }
      .sorted { ($0[0] & 31, $0.count) < ($1[0] & 31, $1.count) }
    letters = Array(names.joined())
    starts = names.reduce(into: [0]) { starts, name in starts.append((starts.last ?? 0) + name.count) }
    numbers = (0...32).map { initial in names.count { Int($0[0] & 31) < initial } }
    shortest = (0..<32).map { initial in
      names.first { Int($0[0] & 31) == initial }?.count ?? Int.max
    }
    var pairs = [UInt64](repeating: 0, count: 1024)
    func add(_ first: UInt8, _ second: UInt8) {
      pairs[Int(first) << 2 | Int(second) >> 6] |= 1 << UInt64(second & 63)
    }
    let bytes = names.isEmpty ? [] : Array(UInt8.min...UInt8.max)
    // What is no letter nor digit is passed over, or is a backslash: then the names must be compared.
    for odd in bytes where odd.folded == nil {
      for byte in bytes {
        add(odd, byte)
        add(byte, odd)
      }
    }
    for name in names {
      for first in bytes where first.folded == name[0] {
        for second in bytes where name.count == 1 || second.folded == name[1] {
          add(first, second)
        }
      }
    }
    self.pairs = pairs
  }

  /// Whether a name may begin with two bytes: pairs with which no name begins rule most strings out.
  ///
  /// - Parameter letters: The bytes, the first one as the lowest; what is above them does not matter.
  /// - Returns: Whether one may.
  @inline(__always)
  func mayBegin(with letters: UInt32) -> Bool {
    let pair = Int((letters & 255) << 8 | letters >> 8 & 255)
    // Pairs are below 2¹⁶, of which each has its bit.
    return unsafe pairs.withUnsafeBufferPointer { unsafe $0[pair >> 6] } >> UInt64(pair & 63) & 1 == 1
  }

  /// Whether a range of a text, folded, is one of the names, or is written with escapes.
  func contain(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    // The range comes from a tape, which has checked it against the text.
    var start = range.lowerBound
    while start < range.upperBound, unsafe text[start].folded == nil {
      if unsafe text[start] == UInt8(ascii: "\\") { return !letters.isEmpty }
      start += 1
    }
    guard start < range.upperBound else { return false }
    let initial = Int(unsafe text[start] & 31)
    // Neither folding nor unescaping makes a text longer.
    guard range.upperBound - start >= shortest[initial] else { return false }
    return unsafe letters.withUnsafeBufferPointer { letters in
      for number in numbers[initial]..<numbers[initial + 1] {
        let name = unsafe UnsafeBufferPointer(rebasing: letters[starts[number]..<starts[number + 1]])
        if unsafe FoldedNames.isName(name, text, start..<range.upperBound) { return true }
      }
      return false
    }
  }

  /// Whether a range of a text, folded, is a name, or is written with escapes as far as it is like the name.
  private static func isName(
    _ name: UnsafeBufferPointer<UInt8>, _ text: UnsafeRawBufferPointer, _ range: Range<Int>
  ) -> Bool {
    // No more letters of the name are looked at than it has.
    var matched = 0
    for place in range {
      let byte = unsafe text[place]
      // Letters and digits, nearly always; with the bit of lower case nothing else from `0` on is one.
      if matched < name.count, byte >= UInt8(ascii: "0"), unsafe byte | 0x20 == name[matched] {
        matched += 1
      } else if byte == UInt8(ascii: "\\") {
        return true
      } else if byte.folded != nil {
        return false
      }
    }
    return matched == name.count
  }
}

// A content hash of JSON values that does not depend on how they were written.
//
// Two texts that say the same (other white space, other escapes, members in another order) have the same digest.
// Members of objects are mixed by addition, which commutes; everything else by multiplying 64 × 64 → 128 bits, sixteen
// bytes a step. The digest is keyed by two numbers that each run of the program draws anew, so that nobody can prepare
// events that are taken for each other; it must not be stored nor printed.

public import CScan

/// A 64-bit content hash.
///
/// Public so that the compiler puts it into the code of other modules, as it does with nothing less.
public struct JSONDigest: Hashable, Sendable, BitwiseCopyable {
  /// The hash.
  public var value: UInt64

  /// The digest of nothing.
  @inlinable public static var empty: JSONDigest { JSONDigest(0) }

  @inlinable @inline(__always) static var key: UInt64 { whittle_scan_key() }
  @inlinable @inline(__always) static var mask: UInt64 { whittle_scan_mask() }

  /// Creates a digest of a hash.
  ///
  /// - Parameter value: The hash.
  @inlinable @inline(__always)
  public init(_ value: UInt64) { self.value = value }

  /// Whether two digests are the same.
  @inlinable @inline(__always)
  public static func == (left: JSONDigest, right: JSONDigest) -> Bool { left.value == right.value }

  /// Adds a part; the order of additions does not matter.
  ///
  /// - Parameter other: The part.
  @inlinable @inline(__always)
  public mutating func add(_ other: JSONDigest) { value &+= other.value }

  /// The digest of this value at a place, so that equal values in different places differ.
  ///
  /// - Parameter tag: The place.
  /// - Returns: The digest.
  @inlinable @inline(__always)
  public func tagged(_ tag: UInt64) -> JSONDigest {
    JSONDigest(JSONDigest.mix(value ^ 0x9E37_79B9_7F4A_7C15, tag ^ 0xBF58_476D_1CE4_E5B9))
  }

  /// The digest of this value behind another one.
  ///
  /// - Parameter other: The one before.
  /// - Returns: The digest of both.
  @inlinable @inline(__always)
  public func following(_ other: JSONDigest) -> JSONDigest {
    JSONDigest(JSONDigest.mix(value ^ 0xA076_1D64_78BD_642F, other.value ^ 0xE703_7ED1_A0B4_28DB))
  }

  @inlinable @inline(__always)
  static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    // A zero factor would wipe out the other one.
    let product = (left | 1).multipliedFullWidth(by: right | 1)
    return product.high ^ product.low &+ left ^ (right << 32 | right >> 32)
  }

  /// Mixes two words of a text.
  ///
  /// A zero factor would wipe out the other one, so each word is hidden behind a number that whoever wrote the text
  /// cannot know: the first one behind `mask`, the second one behind the hash of what is before it.
  @inlinable @inline(__always)
  static func fold(_ first: UInt64, _ second: UInt64) -> UInt64 {
    let product = first.multipliedFullWidth(by: second)
    return product.high ^ product.low
  }

  /// The digest of bytes.
  ///
  /// - Parameter bytes: The bytes.
  package init(_ bytes: Span<UInt8>) {
    // The loads of the loop behind this stay within the buffer.
    self = unsafe bytes.withUnsafeBytes { unsafe JSONDigest($0, 0..<$0.count) }
  }

  /// The digest of a range of a buffer.
  ///
  /// - Parameters:
  ///   - buffer: The buffer.
  ///   - range: The range, which must lie in the buffer.
  ///   - other: Another number for another digest of the same bytes: the two together have 128 bits.
  @inlinable @inline(__always)
  public init(_ buffer: UnsafeRawBufferPointer, _ range: Range<Int>, other: UInt64 = 0) {
    var place = range.lowerBound
    let end = range.upperBound
    let mask = JSONDigest.mask
    var hash = JSONDigest.key ^ other ^ UInt64(truncatingIfNeeded: end &- place) &* 0x8BB8_4B93_962E_ACC9
    func word(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    func half(_ offset: Int) -> UInt64 {
      UInt64(UInt32(littleEndian: unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
    if end &- place > 64 {
      // Two chains at a time: each step waits for the one before it.
      var second = hash ^ 0x2D35_8DCC_AA6C_78A5
      while end &- place > 32 {
        hash = JSONDigest.fold(word(place) ^ mask, word(place &+ 8) ^ hash)
        second = JSONDigest.fold(word(place &+ 16) ^ mask, word(place &+ 24) ^ second)
        place = place &+ 32
      }
      hash = JSONDigest.mix(hash ^ 0xA076_1D64_78BD_642F, second)
    }
    while end &- place > 16 {
      hash = JSONDigest.fold(word(place) ^ mask, word(place &+ 8) ^ hash)
      place = place &+ 16
    }
    // At most 16 bytes are left; words may overlap, for the length is part of the hash.
    let left = end &- place
    var first: UInt64 = 0
    var last: UInt64 = 0
    if left >= 8 {
      first = word(place)
      last = word(end &- 8)
    } else if left >= 4 {
      first = half(place)
      last = half(end &- 4)
    } else if left > 0 {
      first = unsafe UInt64(buffer[place])
      last = unsafe UInt64(buffer[place &+ left >> 1]) << 8 | UInt64(buffer[end &- 1])
    }
    value = JSONDigest.fold(first ^ mask, last ^ hash)
  }
}

extension JSONDigest {
  /// The digest of two words: what sixteen bytes have.
  ///
  /// - Parameters:
  ///   - first: The first word.
  ///   - last: The second one.
  ///   - other: Another number for another digest of the same words.
  @inlinable @inline(__always)
  public init(_ first: UInt64, _ last: UInt64, other: UInt64 = 0) {
    let hash = JSONDigest.key ^ other ^ 16 &* 0x8BB8_4B93_962E_ACC9
    value = JSONDigest.fold(first ^ JSONDigest.mask, last ^ hash)
  }
}

extension JSONTape {
  /// The digest of a value.
  ///
  /// - Parameters:
  ///   - index: The index of the value; the tape's depth limit bounds the recursion.
  ///   - bytes: The text that was parsed.
  /// - Returns: The digest.
  package func digest(of index: Int, _ bytes: Span<UInt8>) -> JSONDigest {
    // All offsets come from the tape, which has checked them against this text.
    unsafe nodes.withUnsafeBufferPointer { nodes in
      unsafe bytes.withUnsafeBytes { text in unsafe JSONDigest(of: index, nodes, text) }
    }
  }
}

extension JSONDigest {
  /// The digest of a value.
  ///
  /// - Parameters:
  ///   - index: The index of the value; the tape's depth limit bounds the recursion.
  ///   - nodes: The nodes of a tape.
  ///   - text: The text that was parsed.
  package init(
    of index: Int, _ nodes: UnsafeBufferPointer<JSONTape.Node>, _ text: UnsafeRawBufferPointer
  ) {
    let node = unsafe nodes[index]
    switch node.kind {
    case .null, .true, .false: self = JSONDigest.empty.tagged(UInt64(node.kind.rawValue))
    case .number: self = unsafe JSONDigest(text, node.range).tagged(3)
    case .string: self = unsafe JSONDigest.string(node, text)
    case .array where node.isOpaque, .object where node.isOpaque:
      self = unsafe JSONDigest(text, node.range).tagged(5)
    case .array:
      self = JSONDigest.empty.tagged(6)
      var element = index &+ 1
      while element < node.next {
        self = following(unsafe JSONDigest(of: element, nodes, text))
        element = unsafe nodes[element].next
      }
    case .object:
      var sum = JSONDigest.empty
      var name = index &+ 1
      while name < node.next {
        let digest = unsafe JSONDigest.string(nodes[name], text)
        let value = unsafe nodes[name &+ 1]
        if value.kind == .string {
          // Most members: the name's digest is where the value's begins.
          sum.add(unsafe JSONDigest.string(value, text, behind: digest))
        } else {
          sum.add(unsafe digest.following(JSONDigest(of: name &+ 1, nodes, text)))
        }
        name = value.next
      }
      self = sum.tagged(7)
    }
  }

  @inline(__always)
  private static func string(
    _ node: JSONTape.Node, _ text: UnsafeRawBufferPointer, behind name: JSONDigest = .empty
  ) -> JSONDigest {
    if node.hasEscapes { return unsafe escapedString(node, text, behind: name) }
    return unsafe JSONDigest(
      text, Range(uncheckedBounds: (node.start &+ 1, node.end &- 1)), other: name.value)
  }

  @inline(never)
  private static func escapedString(
    _ node: JSONTape.Node, _ text: UnsafeRawBufferPointer, behind name: JSONDigest
  ) -> JSONDigest {
    let content = node.start + 1..<node.end - 1
    // The text without its escapes is no longer than with them.
    return unsafe withUnsafeTemporaryAllocation(byteCount: content.count, alignment: 1) { room in
      let count = unsafe JSONTape.unescape(UnsafeRawBufferPointer(rebasing: text[content]), to: room)
      return unsafe JSONDigest(UnsafeRawBufferPointer(room), 0..<count, other: name.value)
    }
  }
}

// A content hash of JSON values that does not depend on how they were written.
//
// Two texts that say the same (other white space, other escapes, members in another order) have the same digest.
// Members of objects are mixed by addition, which commutes; everything else by multiplying 64 × 64 → 128 bits, eight
// bytes a step. The digest is not keyed: it is no defence against someone who looks for collisions.

/// A 128-bit content hash.
package struct JSONDigest: Hashable, Sendable {
  /// The first half.
  package var high: UInt64
  /// The second half.
  package var low: UInt64

  /// The digest of nothing.
  package static let empty = JSONDigest(high: 0, low: 0)

  /// Creates a digest from its halves.
  ///
  /// - Parameters:
  ///   - high: The first half.
  ///   - low: The second half.
  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Adds a part; the order of additions does not matter.
  ///
  /// - Parameter other: The part.
  package mutating func add(_ other: JSONDigest) {
    high &+= other.high
    low &+= other.low
  }

  /// The digest of this value at a place, so that equal values in different places differ.
  ///
  /// - Parameter tag: The place.
  /// - Returns: The digest.
  package func tagged(_ tag: UInt64) -> JSONDigest {
    JSONDigest(
      high: JSONDigest.mix(high ^ 0x9E37_79B9_7F4A_7C15, tag ^ 0xBF58_476D_1CE4_E5B9),
      low: JSONDigest.mix(low ^ 0x94D0_49BB_1331_11EB, tag ^ 0xD6E8_FEB8_6659_FD93))
  }

  /// The digest of this value behind another one.
  func following(_ other: JSONDigest) -> JSONDigest {
    JSONDigest(
      high: JSONDigest.mix(high ^ 0xA076_1D64_78BD_642F, other.high ^ 0xE703_7ED1_A0B4_28DB),
      low: JSONDigest.mix(low ^ 0x8EBC_6AF0_9C88_C6E3, other.low ^ 0x5899_65CC_7537_4CC3))
  }

  @inline(__always)
  private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    // A zero factor would wipe out the other one.
    let product = (left | 1).multipliedFullWidth(by: right | 1)
    return product.high ^ product.low &+ left ^ (right << 32 | right >> 32)
  }

  /// The digest of bytes.
  ///
  /// - Parameter bytes: The bytes.
  package init(_ bytes: Span<UInt8>) {
    // The loads of the loop behind this stay within the buffer.
    self = unsafe bytes.withUnsafeBytes { unsafe JSONDigest($0, 0..<$0.count) }
  }

  /// The digest of a range of a buffer, by words (measured: half the time of bytes).
  private init(_ buffer: UnsafeRawBufferPointer, _ range: Range<Int>) {
    high = 0x2D35_8DCC_AA6C_78A5
    low = 0x8BB8_4B93_962E_ACC9 ^ UInt64(range.count)
    var offset = range.lowerBound
    while offset < range.upperBound {
      var word: UInt64 = 0
      if offset + 8 <= range.upperBound {
        word = UInt64(littleEndian: unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      } else {
        for place in offset..<range.upperBound {
          word |= unsafe UInt64(buffer[place]) << UInt64(8 * (place - offset))
        }
      }
      offset += 8
      high = JSONDigest.mix(high ^ word, 0xE703_7ED1_A0B4_28DB)
      low = JSONDigest.mix(low ^ word, 0x5899_65CC_7537_4CC3 ^ high)
    }
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
      unsafe bytes.withUnsafeBytes { text in unsafe JSONDigest(nodes, index, text) }
    }
  }
}

extension JSONDigest {
  fileprivate init(
    _ nodes: UnsafeBufferPointer<JSONTape.Node>, _ index: Int, _ text: UnsafeRawBufferPointer
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
      var element = index + 1
      while element < node.next {
        self = following(unsafe JSONDigest(nodes, element, text))
        element = unsafe nodes[element].next
      }
    case .object:
      var sum = JSONDigest.empty
      var name = index + 1
      while name < node.next {
        sum.add(unsafe JSONDigest.string(nodes[name], text).following(JSONDigest(nodes, name + 1, text)))
        name = unsafe nodes[name + 1].next
      }
      self = sum.tagged(7)
    }
  }

  private static func string(_ node: JSONTape.Node, _ text: UnsafeRawBufferPointer) -> JSONDigest {
    let content = node.start + 1..<node.end - 1
    guard node.hasEscapes else { return unsafe JSONDigest(text, content) }
    let raw = unsafe Array(text[content])
    var decoded: [UInt8] = []
    JSONTape.unescape(raw.span, into: &decoded)
    return JSONDigest(decoded.span)
  }
}

// A content hash of events that does not depend on how they were written.
//
// Two records that say the same (other white space, other escapes, members in another order, another wrapping)
// have the same digest. Members of objects are mixed by addition, which commutes; everything else by multiplying
// 64 × 64 → 128 bits, eight bytes a step. The digest is not keyed: whoever could make two events with the same
// event id, time and digest could as well leave one of them out of the log.

import JSONStream

/// A 128-bit content hash.
public struct EventDigest: Hashable, Sendable {
  /// The first half.
  public internal(set) var high: UInt64
  /// The second half.
  public internal(set) var low: UInt64

  /// The digest of nothing.
  static let empty = EventDigest(high: 0, low: 0)

  /// Adds a part; the order of additions does not matter.
  mutating func add(_ other: EventDigest) {
    high &+= other.high
    low &+= other.low
  }

  /// The digest of this value at a place, so that equal values in different places differ.
  func tagged(_ tag: UInt64) -> EventDigest {
    EventDigest(
      high: EventDigest.mix(high ^ 0x9E37_79B9_7F4A_7C15, tag ^ 0xBF58_476D_1CE4_E5B9),
      low: EventDigest.mix(low ^ 0x94D0_49BB_1331_11EB, tag ^ 0xD6E8_FEB8_6659_FD93))
  }

  /// The digest of this value behind another one.
  func following(_ other: EventDigest) -> EventDigest {
    EventDigest(
      high: EventDigest.mix(high ^ 0xA076_1D64_78BD_642F, other.high ^ 0xE703_7ED1_A0B4_28DB),
      low: EventDigest.mix(low ^ 0x8EBC_6AF0_9C88_C6E3, other.low ^ 0x5899_65CC_7537_4CC3))
  }

  @inline(__always)
  static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    // A zero factor would wipe out the other one.
    let product = (left | 1).multipliedFullWidth(by: right | 1)
    return product.high ^ product.low &+ left ^ (right << 32 | right >> 32)
  }
}

extension EventDigest {
  /// The digest of bytes.
  init(_ bytes: Span<UInt8>) {
    var high: UInt64 = 0x2D35_8DCC_AA6C_78A5
    var low: UInt64 = 0x8BB8_4B93_962E_ACC9 ^ UInt64(bytes.count)
    // Words are loaded whole (measured: half the time of bytes); the loads stay within the buffer.
    unsafe bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        var word: UInt64 = 0
        if offset + 8 <= buffer.count {
          word = UInt64(littleEndian: unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        } else {
          for place in offset..<buffer.count {
            word |= unsafe UInt64(buffer[place]) << UInt64(8 * (place - offset))
          }
        }
        offset += 8
        high = EventDigest.mix(high ^ word, 0xE703_7ED1_A0B4_28DB)
        low = EventDigest.mix(low ^ word, 0x5899_65CC_7537_4CC3 ^ high)
      }
    }
    self.init(high: high, low: low)
  }

  /// The digest of a part of a tape.
  ///
  /// - Parameters:
  ///   - tape: The tape; its depth limit bounds the recursion.
  ///   - index: The index of the value.
  ///   - bytes: The text that was parsed.
  init(_ tape: JSONTape, at index: Int, _ bytes: Span<UInt8>) {
    let node = tape[index]
    switch node.kind {
    case .null, .true, .false: self = EventDigest.empty.tagged(UInt64(node.kind.rawValue))
    case .number: self = EventDigest(bytes.extracting(node.range)).tagged(3)
    case .string: self = EventDigest.string(tape, at: index, bytes)
    case .array where node.isOpaque, .object where node.isOpaque:
      self = EventDigest(bytes.extracting(node.range)).tagged(5)
    case .array:
      self = EventDigest.empty.tagged(6)
      var element = index + 1
      while element < node.next {
        self = following(EventDigest(tape, at: element, bytes))
        element = tape[element].next
      }
    case .object:
      var sum = EventDigest.empty
      var name = index + 1
      while name < node.next {
        let value = EventDigest(tape, at: name + 1, bytes)
        sum.add(EventDigest.string(tape, at: name, bytes).following(value))
        name = tape[name + 1].next
      }
      self = sum.tagged(7)
    }
  }

  private static func string(_ tape: JSONTape, at index: Int, _ bytes: Span<UInt8>) -> EventDigest {
    let node = tape[index]
    guard node.hasEscapes else {
      return EventDigest(bytes.extracting(node.start + 1..<node.end - 1))
    }
    return EventDigest(tape.decodedBytes(of: index, bytes).span)
  }
}

// The index of one JSON value: what stands where, without a copy of anything.
//
// Layout. Parsing `{"a":[1,"x"]}` leaves five nodes, in document order; `next` is the index of the node behind
// a node's whole subtree, so that skipping a subtree is one step:
//
//     index  kind    start..<end   next
//       0    object     0..<13      5
//       1    string     1..<4       2     the name "a": a name is a string node, its value the node behind it
//       2    array      5..<12      5
//       3    number     6..<7       4
//       4    string     8..<11      5     offsets of strings include the quotes
//
// The parser (`JSONTape+Parsing.swift`) is an automaton that can stop at any byte and resume when more have
// come, so the same code serves whole texts and streams. It never recurses: depth costs heap, not stack.
// The tape holds offsets only; whoever holds the tape passes the bytes to the accessors, and must pass the same.

/// A validated index of one JSON value, reusable without allocation.
///
/// Offsets are from the first byte of the text that was parsed, and at most 2³² − 1.
///
/// The tape and what is read of it all the time are public, for the compiler puts no less into the code of other modules
/// (measured: a call for each look at a node); nobody outside the package can make one.
public struct JSONTape: Sendable {
  /// What a node is.
  public enum Kind: UInt8, Sendable {
    /// The literal `null`.
    case null
    /// The literal `false`.
    case `false`
    /// The literal `true`.
    case `true`
    /// A number.
    case number
    /// A string, or the name of an object's member.
    case string
    /// An array; its elements are the nodes behind it.
    case array
    /// An object; name and value of each member, in turn, are the nodes behind it.
    case object

    /// Whether two kinds are the same.
    @inlinable @inline(__always)
    public static func == (left: Kind, right: Kind) -> Bool {
      // One byte each, whose value is the case.
      unsafe unsafeBitCast(left, to: UInt8.self) == unsafeBitCast(right, to: UInt8.self)
    }
  }

  /// One value, or one member name, of the text.
  public struct Node: Sendable {
    @usableFromInline var from: UInt32
    @usableFromInline var to: UInt32
    @usableFromInline var behind: UInt32
    /// The kind as the lowest byte, and the two marks: one word, so that making a node takes four stores.
    @usableFromInline var marks: UInt32

    @inlinable @inline(__always) static var escapeMark: UInt32 { 1 << 8 }
    @inlinable @inline(__always) static var opaqueMark: UInt32 { 1 << 9 }

    /// Creates a node.
    ///
    /// - Parameters:
    ///   - from: The offset of the first byte.
    ///   - to: The offset behind the last byte.
    ///   - behind: The index of the node behind this node and all that it contains.
    ///   - kind: What the node is.
    ///   - hasEscapes: Whether a backslash stands in it.
    ///   - isOpaque: Whether its content has no nodes.
    @inline(__always)
    init(from: UInt32, to: UInt32, behind: UInt32, kind: Kind, hasEscapes: Bool, isOpaque: Bool) {
      self.from = from
      self.to = to
      self.behind = behind
      marks = UInt32(kind.rawValue)
      if hasEscapes { marks |= Node.escapeMark }
      if isOpaque { marks |= Node.opaqueMark }
    }

    /// What the node is.
    @inlinable @inline(__always) public var kind: Kind {
      // Nodes are made of kinds alone; each is one byte, whose value is the case.
      unsafe unsafeBitCast(UInt8(truncatingIfNeeded: marks), to: Kind.self)
    }
    /// For strings, whether a backslash stands in them.
    @inlinable @inline(__always) public internal(set) var hasEscapes: Bool {
      get { marks & Node.escapeMark != 0 }
      set { marks = newValue ? marks | Node.escapeMark : marks & ~Node.escapeMark }
    }
    /// Whether this is a container at the depth bound, whose content was checked but has no nodes.
    @inlinable @inline(__always) public internal(set) var isOpaque: Bool {
      get { marks & Node.opaqueMark != 0 }
      set { marks = newValue ? marks | Node.opaqueMark : marks & ~Node.opaqueMark }
    }

    /// The offset of the first byte; for strings, of the opening quote.
    @inlinable @inline(__always) public var start: Int { Int(from) }
    /// The offset behind the last byte; for strings, behind the closing quote.
    @inlinable @inline(__always) public var end: Int { Int(to) }
    /// The index of the node behind this node and all that it contains.
    @inlinable @inline(__always) public var next: Int { Int(behind) }
    /// The offsets from first to last byte.
    @inlinable @inline(__always) public var range: Range<Int> { start..<max(start, end) }
    /// Whether this is a string; comparing kinds of another module is a call.
    @inlinable @inline(__always) public var isString: Bool {
      if case .string = kind { true } else { false }
    }
    /// Whether the value is `null` or an empty string, which records use as they use absence.
    @inlinable @inline(__always) public var isAbsent: Bool {
      switch kind {
      case .null: true
      case .string: to &- from == 2
      default: false
      }
    }
  }

  /// What happens to containers below the depth bound.
  package enum DepthPolicy: Sendable {
    /// Parsing fails with `nestingTooDeep`.
    case reject
    /// They are checked, and stand in the tape as one opaque node.
    case opaque
  }

  /// The nodes in document order.
  ///
  /// The value itself is node 0; there are none until a parse has succeeded.
  public internal(set) var nodes: [Node] = []

  /// The nesting beyond which `depthPolicy` applies; a scalar has depth 0.
  package let depthLimit: Int
  /// What happens below that.
  package let depthPolicy: DepthPolicy

  var state = State()

  /// Creates an empty tape.
  ///
  /// - Parameters:
  ///   - depthLimit: How many containers may be open at once.
  ///   - depthPolicy: What happens to containers below that.
  package init(depthLimit: Int = 512, depthPolicy: DepthPolicy = .reject) {
    self.depthLimit = depthLimit
    self.depthPolicy = depthPolicy
  }

  /// Parses one value with nothing but white space around it, replacing what the tape held.
  ///
  /// - Parameter bytes: The text in UTF-8. Invalid UTF-8 inside strings is accepted here and replaced on decoding.
  /// - Throws: What is wrong and at which byte; the tape is then empty.
  /// - Complexity: O(*n*) in the length of the text.
  package mutating func parse(_ bytes: Span<UInt8>) throws(JSONError) {
    restart()
    switch resume(bytes, isFinal: true) {
    case .complete(var end):
      while end < bytes.count, bytes[end].isJSONWhitespace { end += 1 }
      guard end == bytes.count else {
        nodes.removeAll(keepingCapacity: true)
        throw JSONError(.trailingContent, at: end)
      }
    case .failed(let error):
      nodes.removeAll(keepingCapacity: true)
      throw error
    case .incomplete, .envelope:
      nodes.removeAll(keepingCapacity: true)
      throw JSONError(.unexpectedEnd, at: bytes.count)
    }
  }
}

extension UInt8 {
  /// Whether the byte is white space between JSON tokens.
  @inlinable package var isJSONWhitespace: Bool {
    self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09
  }
}

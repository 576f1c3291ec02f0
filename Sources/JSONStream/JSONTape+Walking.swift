// The fast way to fill a tape: from quote to quote, with the help of a `StringIndex`.
//
// The automaton of `JSONTape+Parsing.swift` is the reference. The walk gives the same nodes for well-formed values that
// stand whole in the window, and gives up (`irregular`) on anything that is not plain: damage, an envelope, nesting
// beyond 62, numbers that do not end, more nodes than it has room for. It checks all of RFC 8259 that the automaton
// checks: what stands between strings byte by byte, escapes where a backslash is, control characters by the index.
//
// While a container is open its node's `behind` holds the index of the container around it, so that no stack is needed.

extension JSONTape {
  /// How a walk ended.
  enum Walk {
    /// The value ended before the offset given; so many nodes were made.
    case complete(end: Int, nodes: Int)
    /// The value does not end in what the index covers.
    case incomplete
    /// The automaton must decide.
    case irregular
  }

  /// The nesting beyond which a walk gives up.
  private static let walkDepthLimit = 62

  /// Makes the nodes of the object that begins at an offset of the window.
  ///
  /// - Parameters:
  ///   - window: The window.
  ///   - start: Where the object's bracket stands; everything before it was passed in the index.
  ///   - index: The strings of the window.
  ///   - room: Where nodes are made.
  ///   - places: Which places of the room may be used, from the front.
  /// - Returns: How the walk ended.
  func walk(
    _ window: Span<UInt8>, from start: Int, _ index: inout StringIndex, _ room: inout [Node],
    _ places: Range<Int>
  ) -> Walk {
    let origin = index.origin
    var walker = Walker(
      start: start - origin, end: index.scannedTo - start, quote: index.nextQuote,
      backslashNumber: index.nextBackslash, backslashCount: index.backslashCount,
      depthLimit: min(JSONTape.walkDepthLimit, depthLimit), watchesEnvelopes: state.watchesEnvelopes)
    let outcome = unsafe window.withUnsafeBufferPointer { bytes in
      unsafe index.withPlaces { quotes, backslashes in
        unsafe room.withUnsafeMutableBufferPointer { nodes in
          let nodes = unsafe UnsafeMutableBufferPointer(rebasing: nodes[places])
          guard let text = bytes.baseAddress, let quotes = quotes.baseAddress, let first = nodes.baseAddress
          else { return Walk.irregular }
          return unsafe walker.walk(text + start, quotes, backslashes, first, capacity: nodes.count - 2)
        }
      }
    }
    guard case .complete(let end, let count) = outcome else { return outcome }
    guard index.control >= end + start else { return .irregular }
    index.pass(quotes: walker.quote, backslashes: walker.backslashNumber)
    return .complete(end: end + start, nodes: count)
  }

  /// Takes nodes that a walk has made.
  ///
  /// - Parameters:
  ///   - room: Where they stand, from the front.
  ///   - count: How many there are.
  mutating func take(_ room: [Node], _ count: Int) {
    unsafe room.withUnsafeBufferPointer { unsafe take(UnsafeBufferPointer(rebasing: $0[..<count])) }
  }

  /// Takes the nodes of another tape.
  ///
  /// - Parameter other: The nodes.
  package mutating func take(_ other: UnsafeBufferPointer<Node>) {
    nodes.removeAll(keepingCapacity: true)
    unsafe nodes.append(contentsOf: other)
  }

  /// One walk over a text that begins with the object.
  private struct Walker {
    /// Where the object begins as the index counts; all other positions count from there.
    let start: Int
    /// Where the text ends.
    let end: Int
    /// The first quote that is not passed.
    var quote: Int
    /// The first backslash that is not passed.
    var backslashNumber: Int
    /// How many backslashes there are.
    let backslashCount: Int
    /// How many containers may be open, from 0 to 62.
    let depthLimit: Int
    /// Whether members of the outermost object may be envelopes.
    let watchesEnvelopes: Bool

    /// The bit that `open` may not reach.
    private var mostOpen: UInt64 { 1 << UInt64(depthLimit) }

    /// Makes the nodes of the object.
    ///
    /// Every read of the text is guarded by `at < end` or by `limit`, every node by the capacity. No more quotes are
    /// passed than are before `end`, and behind those the index has four that are not. Sums of such offsets do not
    /// overflow. One loop over local variables, without closures: what a closure captures lives in memory, and this
    /// loop is a large part of the work of reading.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - quotes: Where it has quotes.
    ///   - backslashes: Where it has backslashes.
    ///   - nodes: Where the nodes go.
    ///   - capacity: How many nodes may be made, but for two.
    /// - Returns: How the walk ended.
    @inline(never)
    mutating func walk(
      _ text: UnsafePointer<UInt8>, _ quotes: UnsafePointer<UInt32>,
      _ backslashes: UnsafeBufferPointer<UInt32>, _ nodes: UnsafeMutablePointer<Node>, capacity: Int
    ) -> Walk {
      guard depthLimit > 0 else { return .irregular }
      let (start, end) = (start, end)
      var quote = quote
      var at = 1
      var count = 1
      /// The node of the innermost open container.
      var current = 0
      /// The open containers below a one, the innermost as the lowest bit: 1 for an object.
      var open: UInt64 = 0b11
      /// A string that ends before this has no escapes, and two bytes behind it.
      var limit = unsafe self.limit(backslashes)
      unsafe nodes[0] = Node(
        from: 0, to: 0, behind: 0, kind: .object, hasEscapes: false, isOpaque: false)
      guard unsafe JSONTape.skipSpace(text, &at, end) else { return .incomplete }
      /// What stands at the place.
      var next = unsafe text[at] == UInt8(ascii: "\"") ? Part.name : .end
      guard unsafe next == .name || text[at] == UInt8(ascii: "}") else { return .irregular }

      walking: while true {
        guard count < capacity else { return .irregular }
        if next == .name {
          next = .oddName
          // Members stand close together, and nearly all names and values are strings without escapes: behind the
          // name come colon and quote, so the next quotes of the index are those of the value.
          while count < capacity {
            let nameEnd = unsafe Int(quotes[quote &+ 1]) &- start
            let valueEnd = unsafe Int(quotes[quote &+ 3]) &- start
            guard valueEnd < limit, unsafe JSONTape.pair(text, nameEnd &+ 1) == 0x223A else {
              if nameEnd < limit, unsafe text[nameEnd &+ 1] == UInt8(ascii: ":") {
                unsafe nodes[count] = Node(string: at, to: nameEnd &+ 1, behind: count &+ 1)
                count &+= 1
                quote &+= 2
                at = nameEnd &+ 2
                next = .value
              }
              break
            }
            unsafe nodes[count] = Node(string: at, to: nameEnd &+ 1, behind: count &+ 1)
            unsafe nodes[count &+ 1] = Node(string: nameEnd &+ 2, to: valueEnd &+ 1, behind: count &+ 2)
            count &+= 2
            quote &+= 4
            at = valueEnd &+ 2
            // A comma and the quote of the next name.
            if unsafe JSONTape.pair(text, valueEnd &+ 1) != 0x222C {
              at = valueEnd &+ 1
              next = .end
              break
            }
          }
          if next == .oddName {
            guard count < capacity else { return .irregular }
            let close = unsafe Int(quotes[quote &+ 1]) &- start
            guard close < end else { return .incomplete }
            unsafe nodes[count] = Node(string: at, to: close &+ 1, behind: count &+ 1)
            if close >= limit {
              guard unsafe passEscapes(text, at, close, backslashes, &nodes[count]) else { return .irregular }
              limit = unsafe self.limit(backslashes)
            }
            count &+= 1
            quote &+= 2
            at = close &+ 1
            guard unsafe JSONTape.skipSpace(text, &at, end) else { return .incomplete }
            guard unsafe text[at] == UInt8(ascii: ":") else { return .irregular }
            at &+= 1
            next = .value
          }
        }
        if next == .value {
          guard unsafe JSONTape.skipSpace(text, &at, end) else { return .incomplete }
          guard count < capacity else { return .irregular }
          let byte = unsafe text[at]
          if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
            guard open < mostOpen else { return .irregular }
            if open == 0b11, watchesEnvelopes, unsafe Walker.isEnvelope(text, nodes[count &- 1], byte) {
              return .irregular
            }
            let isObject = byte == UInt8(ascii: "{")
            unsafe nodes[count] = Node(
              from: UInt32(truncatingIfNeeded: at), to: 0,
              behind: UInt32(truncatingIfNeeded: current), kind: isObject ? .object : .array,
              hasEscapes: false, isOpaque: false)
            current = count
            count &+= 1
            open = open << 1 | (isObject ? 1 : 0)
            at &+= 1
            guard unsafe JSONTape.skipSpace(text, &at, end) else { return .incomplete }
            let first = unsafe text[at]
            if isObject, first == UInt8(ascii: "\"") {
              next = .name
              continue walking
            }
            // The closing bracket of an empty container is met below, as any other.
            if first != byte &+ 2 {
              guard !isObject else { return .irregular }
              continue walking
            }
          } else if byte == UInt8(ascii: "\"") {
            let close = unsafe Int(quotes[quote &+ 1]) &- start
            guard close < end else { return .incomplete }
            unsafe nodes[count] = Node(string: at, to: close &+ 1, behind: count &+ 1)
            if close >= limit {
              guard unsafe passEscapes(text, at, close, backslashes, &nodes[count]) else { return .irregular }
              limit = unsafe self.limit(backslashes)
            }
            count &+= 1
            quote &+= 2
            at = close &+ 1
          } else {
            var kind = Kind.number
            let length = unsafe JSONTape.scalarLength(text, from: at, to: end, &kind)
            guard length != 0 else { return .irregular }
            guard length > 0 else { return .incomplete }
            unsafe nodes[count] = Node(
              from: UInt32(truncatingIfNeeded: at),
              to: UInt32(truncatingIfNeeded: at &+ length),
              behind: UInt32(truncatingIfNeeded: count &+ 1), kind: kind, hasEscapes: false, isOpaque: false)
            count &+= 1
            at &+= length
          }
        }
        // Behind a value: commas, and the brackets of all containers that end here.
        while true {
          guard unsafe JSONTape.skipSpace(text, &at, end) else { return .incomplete }
          let byte = unsafe text[at]
          at &+= 1
          if byte == UInt8(ascii: ",") {
            guard unsafe JSONTape.skipSpace(text, &at, end) else { return .incomplete }
            next = .value
            if open & 1 == 1 {
              guard unsafe text[at] == UInt8(ascii: "\"") else { return .irregular }
              next = .name
            }
            continue walking
          }
          guard byte == (open & 1 == 1 ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return .irregular }
          let parent = unsafe Int(nodes[current].behind)
          unsafe nodes[current].to = UInt32(truncatingIfNeeded: at)
          unsafe nodes[current].behind = UInt32(truncatingIfNeeded: count)
          current = parent
          open >>= 1
          if open == 1 { break walking }
        }
      }
      self.quote = quote
      return .complete(end: at, nodes: count)
    }

    /// What a walk stands at.
    private enum Part {
      /// A name whose first quote was seen.
      case name
      /// A name whose value is no string close behind it, or that has escapes.
      case oddName
      /// Space or a value.
      case value
      /// What is behind a value.
      case end
    }

    /// What no string without escapes ends at or behind: the next backslash, or the end but for two bytes.
    @inline(__always)
    private func limit(_ backslashes: UnsafeBufferPointer<UInt32>) -> Int {
      // The number is tested against the count.
      let backslash =
        unsafe backslashNumber < backslashCount ? Int(backslashes[backslashNumber]) &- start : Int.max
      return min(backslash, end &- 2)
    }

    /// Whether a member of the outermost object begins an envelope.
    @inline(__always)
    private static func isEnvelope(_ text: UnsafePointer<UInt8>, _ name: Node, _ byte: UInt8) -> Bool {
      let length = name.end &- name.start &- 2
      guard Envelope.mayHaveName(ofLength: length), !name.hasEscapes else { return false }
      // The node's offsets lie in the text.
      let letters = unsafe UnsafeBufferPointer(start: text + name.start + 1, count: length)
      return unsafe Envelope(name: letters.span, isArray: byte == UInt8(ascii: "[")) != nil
    }

    /// Passes the backslashes of a string, if it has any, and marks its node.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - start: Where the string's first quote stands.
    ///   - end: Where its last one does.
    ///   - backslashes: Where the text has backslashes.
    ///   - node: The string's node.
    /// - Returns: Whether each of them begins an escape of the grammar, or is escaped.
    @inline(never)
    private mutating func passEscapes(
      _ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ backslashes: UnsafeBufferPointer<UInt32>,
      _ node: inout Node
    ) -> Bool {
      // All reads are guarded by the count and by `end`, which the caller has found to lie in the text.
      while backslashNumber < backslashCount {
        let at = unsafe Int(backslashes[backslashNumber]) &- self.start
        guard at < end else { return true }
        guard at &+ 1 < end else { return false }
        node.hasEscapes = true
        backslashNumber &+= 1
        switch unsafe text[at &+ 1] {
        case UInt8(ascii: "u"):
          guard at &+ 6 <= end else { return false }
          for place in at &+ 2..<at &+ 6 where unsafe text[place].hexadecimalValue == nil { return false }
        case UInt8(ascii: "\\"): backslashNumber &+= 1
        case UInt8(ascii: "\""), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
          UInt8(ascii: "r"), UInt8(ascii: "t"):
          continue
        default: return false
        }
      }
      return true
    }
  }

  /// Two bytes of the text, the first one as the lower half.
  @inline(__always)
  private static func pair(_ text: UnsafePointer<UInt8>, _ offset: Int) -> UInt16 {
    UInt16(littleEndian: unsafe UnsafeRawPointer(text).loadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  /// Passes over white space.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - at: Where to begin; then the first byte that is no white space.
  ///   - end: Where the text ends.
  /// - Returns: Whether there is such a byte.
  @inline(__always)
  private static func skipSpace(_ text: UnsafePointer<UInt8>, _ at: inout Int, _ end: Int) -> Bool {
    // Nearly always there is none.
    while at < end {
      if unsafe text[at] > 0x20 || !text[at].isJSONWhitespace { return true }
      at &+= 1
    }
    return false
  }

  /// The length of the number or literal at an offset: 0 where there is none, -1 where it may go on beyond the end.
  @inline(__always)
  private static func scalarLength(
    _ text: UnsafePointer<UInt8>, from start: Int, to end: Int, _ kind: inout Kind
  ) -> Int {
    // A literal is compared by its last four letters: the first one of `false` is known.
    switch unsafe text[start] {
    case UInt8(ascii: "t"):
      kind = .true
      return unsafe literalLength(0x6575_7274, 4, text, from: start, to: end)
    case UInt8(ascii: "f"):
      kind = .false
      return unsafe literalLength(0x6573_6C61, 5, text, from: start, to: end)
    case UInt8(ascii: "n"):
      kind = .null
      return unsafe literalLength(0x6C6C_756E, 4, text, from: start, to: end)
    default: return unsafe numberLength(text, from: start, to: end)
    }
  }

  @inline(__always)
  private static func literalLength(
    _ letters: UInt32, _ length: Int, _ text: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> Int {
    guard start &+ length <= end else { return -1 }
    let word = unsafe UnsafeRawPointer(text).loadUnaligned(
      fromByteOffset: start &+ length &- 4, as: UInt32.self)
    return UInt32(littleEndian: word) == letters ? length : 0
  }

  private static func numberLength(
    _ text: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> Int {
    var at = start
    // Every read is guarded by `at < end`.
    func stands(_ one: UInt8, _ other: UInt8) -> Bool {
      guard at < end, unsafe text[at] == one || text[at] == other else { return false }
      at += 1
      return true
    }
    func digits() -> Bool {
      let first = at
      while at < end, unsafe text[at] &- 0x30 < 10 { at += 1 }
      return at > first
    }
    _ = stands(UInt8(ascii: "-"), UInt8(ascii: "-"))
    if !stands(UInt8(ascii: "0"), UInt8(ascii: "0")), !digits() { return at < end ? 0 : -1 }
    if stands(UInt8(ascii: "."), UInt8(ascii: ".")), !digits() { return at < end ? 0 : -1 }
    if stands(UInt8(ascii: "e"), UInt8(ascii: "E")) {
      _ = stands(UInt8(ascii: "+"), UInt8(ascii: "-"))
      if !digits() { return at < end ? 0 : -1 }
    }
    return at < end ? at - start : -1
  }
}

extension JSONTape.Node {
  /// A string without escapes.
  @inline(__always)
  fileprivate init(string from: Int, to: Int, behind: Int) {
    self.init(
      from: UInt32(truncatingIfNeeded: from), to: UInt32(truncatingIfNeeded: to),
      behind: UInt32(truncatingIfNeeded: behind), kind: .string, hasEscapes: false, isOpaque: false)
  }
}

// The fast way to fill a tape: from quote to quote, with the help of a `StringIndex`.
//
// The automaton of `JSONTape+Parsing.swift` is the reference. The walk gives the same nodes for well-formed values that
// stand whole in the window, and gives up (`irregular`) on anything that is not plain: damage, an envelope, nesting
// beyond 64, numbers that do not end, more nodes than it has room for. It checks all of RFC 8259 that the automaton
// checks: what stands between strings byte by byte, escapes where a backslash is, control characters by the index.
//
// While a container is open its node's `behind` holds the index of the container around it, so that no stack is needed.

extension JSONTape {
  /// How a walk ended.
  enum Walk {
    /// The value ended before the offset given; `nodes` holds it.
    case complete(end: Int)
    /// The value does not end in what the index covers.
    case incomplete
    /// The automaton must decide.
    case irregular
  }

  /// The nesting beyond which a walk gives up.
  private static let walkDepthLimit = 64

  /// Fills the tape with the object that begins at an offset of the window.
  ///
  /// - Parameters:
  ///   - window: The window.
  ///   - start: Where the object's bracket stands; everything before it was passed in the index.
  ///   - index: The strings of the window.
  ///   - room: Where nodes are made.
  /// - Returns: How the walk ended.
  mutating func walk(
    _ window: Span<UInt8>, from start: Int, _ index: inout StringIndex, _ room: inout [Node]
  ) -> Walk {
    let watchesEnvelopes = state.watchesEnvelopes
    let origin = index.origin
    let end = index.scannedTo
    let quoteCount = index.quoteCount
    var quote = index.nextQuote
    var backslash =
      index.nextBackslash < index.backslashCount
      ? origin + Int(index.backslashes[index.nextBackslash]) : Int.max
    var backslashNumber = index.nextBackslash
    let limit = min(JSONTape.walkDepthLimit, depthLimit)
    var made = 0

    // Every read of the text is guarded by `at < end`, every read of the index by its count, every node by `room`.
    // Pointers instead of spans: measured, a third less time in this loop.
    let outcome: Walk = unsafe window.withUnsafeBufferPointer { text in
      unsafe index.quotes.withUnsafeBufferPointer { quotes in
        unsafe room.withUnsafeMutableBufferPointer { nodes in
          let capacity = nodes.count - 4
          var at = start
          var count = 0
          var current = 0
          var depth = 0
          var isInObject = false

          /// Passes white space; whether a byte is there.
          @inline(__always)
          func skip() -> Bool {
            while at < end {
              if unsafe text[at] > 0x20 { return true }
              guard unsafe text[at].isJSONWhitespace else { return true }
              at += 1
            }
            return false
          }

          /// Reads the string whose opening quote stands at `at`.
          @inline(__always)
          func string() -> Walk? {
            guard quote + 1 < quoteCount else { return .incomplete }
            guard unsafe origin + Int(quotes[quote]) == at else { return .irregular }
            let close = unsafe origin + Int(quotes[quote + 1])
            quote += 2
            var hasEscapes = false
            if backslash < close {
              guard unsafe JSONTape.escapesAreValid(text, from: at + 1, to: close) else { return .irregular }
              hasEscapes = true
              while backslashNumber < index.backslashCount,
                origin + Int(index.backslashes[backslashNumber]) < close
              { backslashNumber += 1 }
              backslash =
                backslashNumber < index.backslashCount
                ? origin + Int(index.backslashes[backslashNumber]) : Int.max
            }
            unsafe nodes[count] = Node(
              from: UInt32(truncatingIfNeeded: at - start), to: UInt32(truncatingIfNeeded: close + 1 - start),
              behind: UInt32(truncatingIfNeeded: count + 1), kind: .string, hasEscapes: hasEscapes,
              isOpaque: false)
            count += 1
            at = close + 1
            return nil
          }

          /// Reads a member's name and the colon behind it.
          @inline(__always)
          func name() -> Walk? {
            if let stop = string() { return stop }
            guard at < end else { return .incomplete }
            if unsafe text[at] != UInt8(ascii: ":") {
              guard skip() else { return .incomplete }
              guard unsafe text[at] == UInt8(ascii: ":") else { return .irregular }
            }
            at += 1
            guard skip() else { return .incomplete }
            guard depth == 1, watchesEnvelopes else { return nil }
            let byte = unsafe text[at]
            guard byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") else { return nil }
            let name = unsafe nodes[count - 1]
            let isEnvelope =
              name.hasEscapes
              || Envelope(
                name: window.extracting(start + name.start + 1..<start + name.end - 1),
                isArray: byte == UInt8(ascii: "[")) != nil
            return isEnvelope ? .irregular : nil
          }

          @inline(__always)
          func close() {
            let parent = unsafe Int(nodes[current].behind)
            unsafe nodes[current].to = UInt32(truncatingIfNeeded: at - start)
            unsafe nodes[current].behind = UInt32(truncatingIfNeeded: count)
            depth -= 1
            current = parent
            isInObject = unsafe nodes[parent].kind == .object
          }

          values: while true {
            guard count < capacity else { return .irregular }
            let byte = unsafe text[at]
            if byte == UInt8(ascii: "\"") {
              if let stop = string() { return stop }
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
              guard depth < limit else { return .irregular }
              isInObject = byte == UInt8(ascii: "{")
              unsafe nodes[count] = Node(
                from: UInt32(truncatingIfNeeded: at - start), to: 0,
                behind: UInt32(truncatingIfNeeded: current), kind: isInObject ? .object : .array,
                hasEscapes: false, isOpaque: false)
              current = count
              count += 1
              depth += 1
              at += 1
              guard skip() else { return .incomplete }
              if unsafe text[at] != byte + 2 {
                if isInObject, let stop = name() { return stop }
                continue values
              }
              at += 1
              close()
            } else {
              let length = unsafe JSONTape.scalarLength(text, from: at, to: end)
              guard length != 0 else { return .irregular }
              guard length > 0 else { return .incomplete }
              let kind: Kind =
                byte == UInt8(ascii: "t")
                ? .true : byte == UInt8(ascii: "f") ? .false : byte == UInt8(ascii: "n") ? .null : .number
              unsafe nodes[count] = Node(
                from: UInt32(truncatingIfNeeded: at - start),
                to: UInt32(truncatingIfNeeded: at + length - start),
                behind: UInt32(truncatingIfNeeded: count + 1), kind: kind, hasEscapes: false, isOpaque: false)
              count += 1
              at += length
            }
            while true {
              if depth == 0 {
                made = count
                return .complete(end: at)
              }
              guard skip() else { return .incomplete }
              let byte = unsafe text[at]
              at += 1
              if byte == UInt8(ascii: ",") {
                guard skip() else { return .incomplete }
                if isInObject, let stop = name() { return stop }
                continue values
              }
              guard byte == (isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return .irregular }
              close()
            }
          }
        }
      }
    }
    guard case .complete(let end) = outcome else { return outcome }
    guard index.control >= end else { return .irregular }
    index.pass(quotes: quote, backslashes: backslashNumber)
    nodes.removeAll(keepingCapacity: true)
    // The nodes made stand at the front of the room.
    unsafe room.withUnsafeBufferPointer {
      unsafe nodes.append(contentsOf: UnsafeBufferPointer(rebasing: $0[..<made]))
    }
    return outcome
  }

  /// Whether each backslash of a string's content begins an escape of the grammar.
  private static func escapesAreValid(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
  ) -> Bool {
    var at = start
    // All reads are guarded by `at < end`, which the caller has found to lie in the text.
    while at < end {
      guard unsafe text[at] == UInt8(ascii: "\\") else {
        at += 1
        continue
      }
      guard at + 1 < end else { return false }
      switch unsafe text[at + 1] {
      case UInt8(ascii: "u"):
        guard at + 6 <= end else { return false }
        for place in at + 2..<at + 6 where unsafe text[place].hexadecimalValue == nil { return false }
        at += 6
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
        UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
        at += 2
      default: return false
      }
    }
    return true
  }

  /// The length of the number or literal at an offset: 0 where there is none, -1 where it may go on beyond the end.
  @inline(__always)
  private static func scalarLength(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
  ) -> Int {
    switch unsafe text[start] {
    case UInt8(ascii: "t"): return unsafe literalLength("true", text, from: start, to: end)
    case UInt8(ascii: "f"): return unsafe literalLength("false", text, from: start, to: end)
    case UInt8(ascii: "n"): return unsafe literalLength("null", text, from: start, to: end)
    default: return unsafe numberLength(text, from: start, to: end)
    }
  }

  @inline(__always)
  private static func literalLength(
    _ literal: StaticString, _ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
  ) -> Int {
    let length = literal.utf8CodeUnitCount
    guard start + length <= end else { return -1 }
    // Both have the literal's length.
    for place in 0..<length where unsafe text[start + place] != literal.utf8Start[place] { return 0 }
    return length
  }

  private static func numberLength(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
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

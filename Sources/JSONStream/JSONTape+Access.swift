// Reading a tape: children, members by name, and the text of strings.

extension JSONTape {
  /// The nodes of one value, as a tape of that value's text alone has them.
  ///
  /// - Parameters:
  ///   - index: The index of the value.
  ///   - nodes: The nodes of a tape.
  /// - Returns: The nodes, with offsets from the value's first byte.
  package static func nodes(ofPart index: Int, of nodes: UnsafeBufferPointer<Node>) -> [Node] {
    let part = unsafe nodes[index]
    let first = UInt32(truncatingIfNeeded: index)
    return unsafe nodes[index..<part.next].map { node in
      var node = node
      node.from -= part.from
      node.to -= part.from
      node.behind -= first
      return node
    }
  }

  /// Creates a tape of nodes.
  ///
  /// - Parameter nodes: Nodes that were made of one text.
  package init(_ nodes: [Node]) {
    self.init()
    self.nodes = nodes
  }

  /// The nodes directly inside a container, as indices, in document order.
  ///
  /// For objects these are names and values in turn; `members(of:)` gives them in pairs.
  package struct Children: Sequence, IteratorProtocol {
    let nodes: [Node]
    var index: Int
    let end: Int

    /// The index of the next child, or `nil` behind the last.
    package mutating func next() -> Int? {
      guard index < end else { return nil }
      defer { index = nodes[index].next }
      return index
    }
  }

  /// The members of an object as pairs of node indices, in document order, duplicates included.
  package struct Members: Sequence, IteratorProtocol {
    var children: Children

    /// The indices of the next member's name and value, or `nil` behind the last.
    package mutating func next() -> (name: Int, value: Int)? {
      guard let name = children.next(), let value = children.next() else { return nil }
      return (name, value)
    }
  }

  /// The node at an index.
  ///
  /// - Parameter index: An index below `nodes.count`; 0 is the value that was parsed.
  @inlinable public subscript(index: Int) -> Node { nodes[index] }

  /// The indices of the elements of an array; empty for any other node.
  ///
  /// - Parameter index: The index of the array.
  /// - Returns: The indices of its elements.
  package func elements(of index: Int) -> Children {
    children(of: index, if: .array)
  }

  /// The members of an object; empty for any other node.
  ///
  /// - Parameter index: The index of the object.
  /// - Returns: The members as pairs of indices.
  package func members(of index: Int) -> Members {
    Members(children: children(of: index, if: .object))
  }

  private func children(of index: Int, if kind: Kind) -> Children {
    let node = nodes[index]
    return Children(nodes: nodes, index: index + 1, end: node.kind == kind ? node.next : index + 1)
  }

  /// The index of the value of the last member with a name, or `nil` if the node is no object or has none.
  ///
  /// The last of several duplicates wins, as in ECMAScript and Python.
  ///
  /// - Parameters:
  ///   - name: The name, compared exactly, after unescaping.
  ///   - index: The index of the object.
  ///   - bytes: The text that was parsed.
  /// - Returns: The index of the value.
  package func value(of name: StaticString, in index: Int, _ bytes: Span<UInt8>) -> Int? {
    guard nodes[index].kind == .object else { return nil }
    var found: Int?
    var child = index + 1
    let end = nodes[index].next
    while child < end {
      if isString(child, name, bytes) { found = child + 1 }
      child = nodes[child + 1].next
    }
    return found
  }

  /// Whether a node is a string with this text.
  ///
  /// - Parameters:
  ///   - index: The index of the node.
  ///   - text: The text, in UTF-8 without NUL.
  ///   - bytes: The text that was parsed.
  /// - Returns: Whether it is that string.
  package func isString(_ index: Int, _ text: StaticString, _ bytes: Span<UInt8>) -> Bool {
    let node = nodes[index]
    guard node.kind == .string else { return false }
    let length = text.utf8CodeUnitCount
    if node.hasEscapes {
      let decoded = decodedBytes(of: index, bytes)
      guard decoded.count == length else { return false }
      return (0..<length).allSatisfy { unsafe decoded[$0] == text.utf8Start[$0] }  // within its own length
    }
    guard node.end - node.start - 2 == length else { return false }
    // Both ranges have the same length.
    return unsafe bytes.extracting(node.start + 1..<node.end - 1).withUnsafeBytes { content in
      unsafe content.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: length))
    }
  }

  /// The text of a string node after unescaping, or `nil` for any other node.
  ///
  /// Invalid UTF-8 and lone surrogates are replaced by U+FFFD.
  ///
  /// - Parameters:
  ///   - index: The index of the node.
  ///   - bytes: The text that was parsed.
  /// - Returns: The decoded text.
  package func text(of index: Int, _ bytes: Span<UInt8>) -> String? {
    guard nodes[index].kind == .string else { return nil }
    return String(decoding: decodedBytes(of: index, bytes), as: UTF8.self)
  }

  /// The text of a string, number or boolean, or `nil` for a container or `null`.
  ///
  /// - Parameters:
  ///   - index: The index of the node.
  ///   - bytes: The text that was parsed.
  /// - Returns: The text, decoded for strings.
  package func scalarText(of index: Int, _ bytes: Span<UInt8>) -> String? {
    switch nodes[index].kind {
    case .string: text(of: index, bytes)
    case .number: String(decoding: rawBytes(nodes[index].range, bytes), as: UTF8.self)
    case .true: "true"
    case .false: "false"
    case .null, .array, .object: nil
    }
  }

  /// The bytes of a string node after unescaping; empty for any other node.
  ///
  /// - Parameters:
  ///   - index: The index of the node.
  ///   - bytes: The text that was parsed.
  /// - Returns: The decoded bytes.
  package func decodedBytes(of index: Int, _ bytes: Span<UInt8>) -> [UInt8] {
    let node = nodes[index]
    guard node.kind == .string else { return [] }
    let content = node.start + 1..<node.end - 1
    guard node.hasEscapes else { return rawBytes(content, bytes) }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(content.count)
    JSONTape.unescape(bytes.extracting(content), into: &decoded)
    return decoded
  }

  private func rawBytes(_ range: Range<Int>, _ bytes: Span<UInt8>) -> [UInt8] {
    // One copy instead of an append for every byte.
    unsafe bytes.extracting(range).withUnsafeBufferPointer { unsafe Array($0) }
  }

  /// Appends the content of a string literal with its escapes resolved; a lone surrogate becomes U+FFFD.
  ///
  /// - Parameters:
  ///   - content: What stands between the quotes; escapes that the grammar does not know are kept as they are.
  ///   - output: Where the bytes go.
  package static func unescape(_ content: Span<UInt8>, into output: inout [UInt8]) {
    // The text without its escapes is no longer than with them.
    unsafe content.withUnsafeBytes { content in
      unsafe withUnsafeTemporaryAllocation(byteCount: content.count, alignment: 1) { room in
        let count = unsafe unescape(content, to: room)
        unsafe output.append(contentsOf: UnsafeRawBufferPointer(rebasing: room[..<count]))
      }
    }
  }

  /// Writes the content of a string literal with its escapes resolved; a lone surrogate becomes U+FFFD.
  ///
  /// - Parameters:
  ///   - content: What stands between the quotes; escapes that the grammar does not know are kept as they are.
  ///   - output: Where the bytes go; as long as the content.
  /// - Returns: How many bytes were written.
  static func unescape(_ content: UnsafeRawBufferPointer, to output: UnsafeMutableRawBufferPointer) -> Int {
    // Every read is guarded by the count of the content. No escape is shorter than the bytes that it stands for, so
    // what is written never passes what was read.
    func unit(at offset: Int) -> UInt16? {
      guard offset + 6 <= content.count, unsafe content[offset] == UInt8(ascii: "\\"),
        unsafe content[offset + 1] == UInt8(ascii: "u")
      else { return nil }
      var value: UInt16 = 0
      for place in offset + 2..<offset + 6 {
        guard let digit = unsafe content[place].hexadecimalValue else { return nil }
        value = value << 4 | digit
      }
      return value
    }
    var count = 0
    func write(_ byte: UInt8) {
      unsafe output[count] = byte
      count += 1
    }
    var offset = 0
    while offset < content.count {
      let byte = unsafe content[offset]
      guard byte == UInt8(ascii: "\\"), offset + 1 < content.count else {
        write(byte)
        offset += 1
        continue
      }
      switch unsafe content[offset + 1] {
      case UInt8(ascii: "u"):
        guard let first = unit(at: offset) else {
          write(byte)
          offset += 1
          continue
        }
        offset += 6
        var scalar = Unicode.Scalar(first)
        if 0xD800...0xDBFF ~= first, let second = unit(at: offset), 0xDC00...0xDFFF ~= second {
          offset += 6
          scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        }
        if let letters = UTF8.encode(scalar ?? "\u{FFFD}") { letters.forEach(write) }
        continue
      case UInt8(ascii: "b"): write(0x08)
      case UInt8(ascii: "f"): write(0x0C)
      case UInt8(ascii: "n"): write(0x0A)
      case UInt8(ascii: "r"): write(0x0D)
      case UInt8(ascii: "t"): write(0x09)
      case let other: write(other)
      }
      offset += 2
    }
    return count
  }
}

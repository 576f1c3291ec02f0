// Parameters found in a part of a record as it is written, without a decoded value of it.

package import CloudTrail
import JSONStream

extension ParameterIndex {
  /// Indexes a part of a record; the same as indexing its value.
  ///
  /// - Parameter part: The part as it is at hand.
  package init(_ part: JSONPart) {
    switch part {
    case .value(let value): self.init(value)
    case .written(let text, let nodes):
      // Of the nodes, half are names; few parts have more than some dozens.
      self.init(expecting: min(nodes.count / 2, 64))
      var path: [String] = []
      var positions: [Int] = []
      let part = WrittenPart(nodes: nodes, text: text)
      visit(part.unwrapped, part, &path, &positions)
      indexNames()
    }
  }

  private mutating func visit(
    _ index: Int, _ part: WrittenPart, _ path: inout [String], _ positions: inout [Int]
  ) {
    guard !isFull, path.count < ParameterIndex.deepest else { return }
    let node = part.nodes[index]
    switch node.kind {
    case .null: return
    case .string, .number, .true, .false: add(part.scalarText(node), at: path, positions)
    case .array:
      var element = index + 1
      var position = 0
      while element < node.next {
        positions.append(position)
        visit(element, part, &path, &positions)
        positions.removeLast()
        position += 1
        element = part.nodes[element].next
      }
    case .object:
      if let content = part.content(of: index) {
        visit(content, part, &path, &positions)
        return
      }
      var name = index + 1
      while name < node.next {
        let folded = part.foldedName(part.nodes[name])
        if !path.isEmpty, ParameterIndex.isListContainer(folded) {
          visit(name + 1, part, &path, &positions)
        } else {
          path.append(folded)
          visit(name + 1, part, &path, &positions)
          path.removeLast()
        }
        name = part.nodes[name + 1].next
      }
    }
  }
}

/// An object as it is written.
private struct WrittenPart {
  let nodes: [JSONTape.Node]
  let text: [UInt8]

  /// The index of the value inside the wrapper that CloudTrail puts around whole requests.
  var unwrapped: Int {
    let root = nodes[0]
    // A lone member has the name 1 and the value 2.
    guard root.next > 2, nodes[2].next == root.next, nodes[2].kind == .object,
      ParameterIndex.isWrapper(string(nodes[1]))
    else { return 0 }
    return 2
  }

  /// The index of X in an object `{"tag": …, "content": X}`; `nil` for any other.
  func content(of object: Int) -> Int? {
    let end = nodes[object].next
    let first = object + 1
    guard first < end else { return nil }
    let second = nodes[first + 1].next
    guard second < end, nodes[second + 1].next == end else { return nil }
    if holds(nodes[first], "tag"), holds(nodes[second], "content") { return second + 1 }
    return holds(nodes[first], "content") && holds(nodes[second], "tag") ? first + 1 : nil
  }

  /// Whether a string is a word.
  private func holds(_ node: JSONTape.Node, _ word: StaticString) -> Bool {
    if node.hasEscapes { return string(node).utf8.elementsEqual(word.description.utf8) }
    guard node.end - node.start - 2 == word.utf8CodeUnitCount else { return false }
    // The word has as many bytes.
    for place in 0..<word.utf8CodeUnitCount where unsafe text[node.start + 1 + place] != word.utf8Start[place]
    {
      return false
    }
    return true
  }

  /// The text of a string, number or boolean.
  func scalarText(_ node: JSONTape.Node) -> String {
    switch node.kind {
    case .string: string(node)
    case .number: decoded(node.range)
    case .true: "true"
    case .false: "false"
    case .null, .array, .object: ""
    }
  }

  private func string(_ node: JSONTape.Node) -> String {
    let content = node.start + 1..<node.end - 1
    guard node.hasEscapes else { return decoded(content) }
    var letters: [UInt8] = []
    JSONTape.unescape(text.span.extracting(content), into: &letters)
    return String(decoding: letters, as: UTF8.self)
  }

  private func decoded(_ range: Range<Int>) -> String {
    unsafe text.withUnsafeBufferPointer {
      unsafe String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self)
    }
  }

  /// A name in lower-case letters and digits only.
  func foldedName(_ node: JSONTape.Node) -> String {
    if node.hasEscapes { return ParameterIndex.folded(string(node)) }
    let content = node.start + 1..<node.end - 1
    // No more letters are written than there are.
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: content.count) { room in
      var count = 0
      for place in content {
        guard let byte = text[place].folded else { continue }
        unsafe room[count] = byte
        count += 1
      }
      return unsafe String(decoding: UnsafeBufferPointer(rebasing: room[..<count]), as: UTF8.self)
    }
  }
}

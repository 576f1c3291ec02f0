// Edits of a policy's text that leave everything as it stands that they do not have to touch.
//
// A reviewer reads the difference between the old text and the new one, so an edit keeps the order, the white space
// and the spelling of what stays. Removing an element takes its comma and the white space that was its own:
//
//     [                     [
//       "s3:GetObject",       "s3:GetObject"
//       "s3:PutObject"   →  ]
//     ]
//
// What is new is written in the style that the text around it has: one value a line with the same indentation, or all
// in one line.

import JSONStream

extension PolicyText {
  /// An element of a statement whose value is a list of patterns.
  public enum ListElement: String, Hashable, Sendable, CaseIterable {
    /// The `Action` element.
    case action = "Action"
    /// The `NotAction` element.
    case notAction = "NotAction"
    /// The `Resource` element.
    case resource = "Resource"
    /// The `NotResource` element.
    case notResource = "NotResource"
  }

  /// One change of a document; statements are named by their index before any change.
  public enum Edit: Hashable, Sendable {
    /// Gives a list element of a statement these values, in this order.
    case setValues(statement: Int, element: ListElement, values: [String])
    /// Turns a list element of a statement into another one with these values: `NotAction` into `Action`.
    case replaceElement(statement: Int, element: ListElement, with: ListElement, values: [String])
    /// Puts statements in the place of one; none removes it.
    case replaceStatement(Int, with: [Statement])
  }

  /// The text after some changes, or `nil` where one names a statement or element that is not there, or two
  /// change the same place.
  ///
  /// Without changes the text comes back byte for byte.
  ///
  /// - Parameter edits: The changes.
  /// - Returns: The new text.
  /// - Complexity: O(*n*) in the length of the text.
  public func applying(_ edits: [Edit]) -> [UInt8]? {
    var changes: [Change] = []
    var replaced: [Int: [Statement]] = [:]
    for edit in edits {
      switch edit {
      case .setValues(let statement, let element, let values):
        guard let node = member(element, ofStatement: statement)?.value else { return nil }
        changes += setting(values, at: node)
      case .replaceElement(let statement, let element, let new, let values):
        guard let (name, value) = member(element, ofStatement: statement) else { return nil }
        changes.append(Change(range: tape[name].range, bytes: literal(new.rawValue)))
        changes += setting(values, at: value)
      case .replaceStatement(let index, let statements):
        guard statementNodes.indices.contains(index), replaced.updateValue(statements, forKey: index) == nil
        else {
          return nil
        }
      }
    }
    guard let element = statementElement else { return nil }
    let removed = Set(replaced.filter(\.value.isEmpty).keys)
    if tape[element].kind == .array {
      changes += removing(removed, from: statementNodes)
    } else if !removed.isEmpty {
      changes.append(Change(range: tape[element].range, bytes: Array("[]".utf8)))
    }
    for (index, statements) in replaced where !statements.isEmpty {
      let node = statementNodes[index]
      let written = statements.map { render($0, inPlaceOf: node) }
      let separator = Array(",".utf8) + whiteSpace(before: node)
      var bytes = Array(written.joined(separator: separator))
      if tape[element].kind != .array, statements.count > 1 {
        bytes = Array("[".utf8) + bytes + Array("]".utf8)
      }
      changes.append(Change(range: tape[node].range, bytes: bytes))
    }
    return apply(changes)
  }

  /// The nodes of a list element of a statement.
  private func member(_ element: ListElement, ofStatement statement: Int) -> (name: Int, value: Int)? {
    guard statementNodes.indices.contains(statement) else { return nil }
    return tape.members(of: statementNodes[statement]).first {
      tape.text(of: $0.name, text.span) == element.rawValue
    }
  }

  /// Bytes to put in the place of a range of the text.
  private struct Change {
    let range: Range<Int>
    let bytes: [UInt8]
  }

  private func apply(_ changes: [Change]) -> [UInt8]? {
    var result: [UInt8] = []
    var cursor = 0
    for change in changes.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      guard change.range.lowerBound >= cursor else { return nil }
      result += text[cursor..<change.range.lowerBound]
      result += change.bytes
      cursor = change.range.upperBound
    }
    return result + text[cursor...]
  }

  // MARK: Lists

  /// Removes elements of a list with their commas and white space.
  private func removing(_ removed: Set<Int>, from nodes: [Int]) -> [Change] {
    var changes: [Change] = []
    let lastKept = nodes.indices.last { !removed.contains($0) }
    for index in nodes.indices where removed.contains(index) && index < lastKept ?? 0 {
      changes.append(Change(range: tape[nodes[index]].start..<tape[nodes[index + 1]].start, bytes: []))
    }
    if let last = nodes.last, removed.contains(nodes.count - 1) {
      let start = lastKept.map { tape[nodes[$0]].end } ?? tape[nodes[0]].start
      changes.append(Change(range: start..<tape[last].end, bytes: []))
    }
    return changes
  }

  private func setting(_ values: [String], at node: Int) -> [Change] {
    let isList = tape[node].kind == .array
    let nodes = isList ? Array(tape.elements(of: node)) : [node]
    let old = nodes.map { tape.text(of: $0, text.span) ?? "" }
    if isList, !values.isEmpty {
      // What stays in its order only loses its neighbours.
      var kept: Set<Int> = []
      var next = 0
      for value in values {
        guard let index = old[next...].firstIndex(where: { $0.sameBytes(as: value) }) else { break }
        kept.insert(index)
        next = index + 1
      }
      if kept.count == values.count { return removing(Set(nodes.indices).subtracting(kept), from: nodes) }
    } else if values.count == 1, old[0].sameBytes(as: values[0]) {
      return []
    }
    let items = values.map { value in
      old.firstIndex { $0.sameBytes(as: value) }.map { Array(text[tape[nodes[$0]].range]) }
        ?? literal(value)
    }
    if !isList, let item = items.first, items.count == 1 {
      return [Change(range: tape[node].range, bytes: item)]
    }
    if !isList, let line = ownLine(ofStringAt: node) {
      let separator = [0x0A] + line.indentation + line.unit
      let body = Array(items.joined(separator: Array(",".utf8) + separator))
      let bytes = Array("[".utf8) + separator + body + [0x0A] + line.indentation + Array("]".utf8)
      return [Change(range: tape[node].range, bytes: items.isEmpty ? Array("[]".utf8) : bytes)]
    }
    let isSpread = isList && !nodes.isEmpty && whiteSpace(before: nodes[0]).contains(0x0A)
    let separator = isSpread ? whiteSpace(before: nodes[0]) : Array(" ".utf8)
    var bytes = Array("[".utf8) + (isSpread && !items.isEmpty ? separator : [])
    bytes += Array(items.joined(separator: Array(",".utf8) + separator))
    if isSpread, !items.isEmpty, let last = nodes.last {
      bytes += text[tape[last].end..<(tape[node].end - 1)]
    }
    return [Change(range: tape[node].range, bytes: bytes + Array("]".utf8))]
  }

  private func literal(_ value: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.write(value)
    return writer.bytes
  }

  // MARK: Style

  /// The white space directly before a node.
  private func whiteSpace(before node: Int) -> [UInt8] {
    let start = tape[node].start
    let first = text[..<start].lastIndex { !$0.isJSONWhitespace }.map { $0 + 1 } ?? 0
    return Array(text[first..<start])
  }

  /// The indentation of the line on which an offset stands.
  private func indentation(at offset: Int) -> [UInt8] {
    let start = text[..<offset].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return Array(text[start..<offset].prefix { $0 == 0x20 || $0 == 0x09 })
  }

  /// How a list is laid out in the place of a string whose member begins its line; `nil` where it does not.
  private func ownLine(ofStringAt node: Int) -> (indentation: [UInt8], unit: [UInt8])? {
    let start = text[..<tape[node].start].lastIndex(of: 0x0A).map { $0 + 1 }
    guard let start, text[start..<tape[node].start].count(where: { $0 == UInt8(ascii: "\"") }) == 2,
      text[start...].first(where: { !$0.isJSONWhitespace }) == UInt8(ascii: "\"")
    else { return nil }
    let inner = indentation(at: tape[node].start)
    let statement = statementNodes.last { tape[$0].start < tape[node].start }
    let outer = statement.map { indentation(at: tape[$0].start) } ?? []
    return (inner, inner.count > outer.count ? Array(inner.dropFirst(outer.count)) : [0x20, 0x20])
  }

  /// A statement in the style of the one whose place it takes: in one line, or indented as it is.
  private func render(_ statement: Statement, inPlaceOf node: Int) -> [UInt8] {
    let range = tape[node].range
    guard text[range].contains(0x0A) else {
      var writer = JSONWriter()
      statement.write(to: &writer)
      return writer.bytes
    }
    let outer = indentation(at: range.lowerBound)
    let inner = tape.members(of: node).first { _ in true }.map { indentation(at: tape[$0.name].start) } ?? []
    let unit = inner.count > outer.count ? Array(inner.dropFirst(outer.count)) : [0x20, 0x20]
    var writer = JSONWriter(pretty: true)
    statement.write(to: &writer)
    var bytes: [UInt8] = []
    for (index, line) in writer.bytes.split(separator: 0x0A).enumerated() {
      let depth = line.prefix { $0 == 0x20 }.count
      if index > 0 { bytes += [0x0A] + outer }
      for _ in 0..<(depth / 2) { bytes += unit }
      bytes += line.dropFirst(depth)
    }
    return bytes
  }
}

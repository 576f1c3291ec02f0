// A record where it stands: nodes, and the bytes that they were made of.

import Glibc
import IAM
import JSONStream

/// The nodes of a record's tape and its text, good for one call.
///
/// Whoever makes one vouches that the nodes were made of the text: every offset that is read comes from them, and
/// indices come from the nodes themselves.
@safe struct RecordText {
  let nodes: UnsafeBufferPointer<JSONTape.Node>
  let text: UnsafeRawBufferPointer

  /// Joins nodes and the text that they were made of.
  ///
  /// - Parameters:
  ///   - nodes: The nodes.
  ///   - text: The text.
  @inline(__always)
  init(_ nodes: UnsafeBufferPointer<JSONTape.Node>, _ text: UnsafeRawBufferPointer) {
    unsafe self.nodes = nodes
    unsafe self.text = text
  }

  /// The node at an index.
  subscript(index: Int) -> JSONTape.Node {
    @inline(__always) get { unsafe nodes[index] }
  }

  /// The digest of a value.
  func digest(of index: Int) -> JSONDigest { unsafe JSONDigest(of: index, nodes, text) }

  /// The digest of a value; that of nothing where there is none, or it is absent.
  @inline(__always)
  func digest(of index: Int?) -> JSONDigest {
    guard let index else { return .empty }
    let node = self[index]
    if node.isAbsent { return .empty }
    // Most are strings, and a call costs as much as the digest of one.
    guard node.isString, !node.hasEscapes else { return digest(of: index) }
    return unsafe JSONDigest(text, Range(uncheckedBounds: (node.start &+ 1, node.end &- 1)))
  }

  /// The key of a value: a hash of its text.
  func key(of index: Int) -> JSONDigest { unsafe JSONDigest(text, nodes[index].range) }

  /// The bytes of a value as they are written.
  func bytes(of index: Int) -> [UInt8] { unsafe Array(text[nodes[index].range]) }

  /// Finds the members of an object that have one of the names; the last of several duplicates wins.
  ///
  /// - Parameters:
  ///   - names: The names.
  ///   - index: The index of the object.
  ///   - places: Where the indices of their values go, with room for all of them.
  func find(_ names: JSONNames, in index: Int, _ places: UnsafeMutablePointer<UInt32>) {
    // The room is as large as the caller says.
    unsafe names.find(
      in: index, nodes, text, into: UnsafeMutableBufferPointer(start: places, count: names.count))
  }

  /// The letters of a string without escapes where they stand, or `nil` for any other value.
  func plainLetters(of node: JSONTape.Node) -> UnsafeBufferPointer<UInt8>? {
    guard node.isString, !node.hasEscapes else { return nil }
    // The tape has checked the node against the text.
    return unsafe UnsafeRawBufferPointer(rebasing: text[node.start + 1..<node.end - 1])
      .assumingMemoryBound(to: UInt8.self)
  }

  /// Calls a function with the bytes of what ``nonemptyText(at:)`` gives, if that is a text.
  ///
  /// - Parameters:
  ///   - index: The index of the value; `nil` where there is none.
  ///   - body: The function.
  func withText(at index: Int?, _ body: (Span<UInt8>) -> Void) {
    guard let index, !self[index].isAbsent else { return }
    // What is no ASCII may be no UTF-8, and then the text has other bytes.
    if let letters = unsafe plainLetters(of: self[index]), unsafe letters.span.isASCII {
      return body(unsafe letters.span)
    }
    if let text = nonemptyText(at: index) { body(text.utf8.span) }
  }

  /// The text of a string that is not empty, number or boolean, or `nil`.
  ///
  /// - Parameter index: The index of the value; `nil` where there is none.
  /// - Returns: The text, decoded for strings; invalid UTF-8 is replaced.
  func nonemptyText(at index: Int?) -> String? {
    guard let index else { return nil }
    let node = self[index]
    switch node.kind {
    case .null, .array, .object: return nil
    case .true: return "true"
    case .false: return "false"
    case .number: return unsafe String(decoding: text[node.range], as: UTF8.self)
    case .string:
      if node.isAbsent { return nil }
      guard node.hasEscapes else {
        return unsafe String(decoding: text[node.start + 1..<node.end - 1], as: UTF8.self)
      }
      return String(decoding: letters(of: node), as: UTF8.self)
    }
  }

  /// Whether a node is a string with this text, after unescaping.
  func isString(_ index: Int, _ letters: StaticString) -> Bool {
    let node = self[index]
    guard node.isString else { return false }
    guard !node.hasEscapes else {
      // A static string of several letters has a pointer to as many.
      let wanted = unsafe UnsafeBufferPointer(start: letters.utf8Start, count: letters.utf8CodeUnitCount)
      return unsafe self.letters(of: node).elementsEqual(wanted)
    }
    return node.end - node.start - 2 == letters.utf8CodeUnitCount && holds(letters, at: node.start + 1)
  }

  /// Whether some letters stand at an offset, behind which the text has as many.
  @inline(__always)
  func holds(_ letters: StaticString, at offset: Int) -> Bool {
    guard let start = unsafe text.baseAddress else { return false }
    // The caller has counted the letters.
    return unsafe memcmp(start + offset, letters.utf8Start, letters.utf8CodeUnitCount) == 0
  }

  /// Whether some letters, at least one, stand anywhere in a string as it is written.
  func contains(_ node: JSONTape.Node, _ letters: StaticString) -> Bool {
    guard let start = unsafe text.baseAddress else { return false }
    // The tape has checked the node against the text; no place from which letters would lead out of it is looked at.
    let end = node.end - letters.utf8CodeUnitCount + 1
    var place = node.start
    while place < end {
      guard let found = unsafe memchr(start + place, Int32(letters.utf8Start[0]), end - place) else {
        return false
      }
      place = unsafe UnsafeRawPointer(found) - start
      if holds(letters, at: place) { return true }
      place += 1
    }
    return false
  }

  /// The bytes of a string after unescaping.
  func letters(of node: JSONTape.Node) -> [UInt8] {
    let written = unsafe Array(text[node.start + 1..<node.end - 1])
    guard node.hasEscapes else { return written }
    var letters: [UInt8] = []
    JSONTape.unescape(written.span, into: &letters)
    return letters
  }
}

// Whether a request proves that an action was needed: the catalog's `RequestPath`s walked over `requestParameters`.

import AWSCatalog
import CloudTrail
import IAM
import JSONStream

extension Call {
  /// The values that stand at a path of the request, lists opened on the way; empty ones are left out.
  ///
  /// - Parameter path: The path.
  /// - Returns: The values found, none where there are none.
  func values(at path: RequestPath) -> [JSONValue] {
    guard event.requestPart.mayHave(path) else { return [] }
    // Paths are written with the wrappers that CloudTrail puts around a request, or without.
    let whole = event.requestParameters
    var values = whole == requestValue ? [requestValue] : [whole, requestValue]
    for name in path.names {
      values = values.flatMap(\.opened).flatMap { value in
        value.members.filter { RequestPath.name($0.name, fits: name) }.map(\.value)
      }
      if values.isEmpty { return [] }
    }
    return values.flatMap(\.opened).filter { !$0.isVoid }
  }

  /// Whether the request proves an action.
  ///
  /// - Parameter proofs: What proves it: any one is enough.
  /// - Returns: Whether it does.
  func proves(_ proofs: [RequestProof]) -> Bool {
    proofs.contains { proof in
      let values = values(at: proof.path)
      guard let wanted = proof.value else { return !values.isEmpty }
      let pattern = Wildcard(wanted, caseInsensitive: true)
      return values.contains { value in value.scalarText.map { pattern.matches($0) } ?? false }
    }
  }
}

extension JSONPart {
  /// Whether a member may stand at a path, as far as that can be told by names: most requests have none of the last one.
  fileprivate func mayHave(_ path: RequestPath) -> Bool {
    guard case .written(let text, let nodes) = self, let last = path.names.last else { return true }
    let name = last.utf8.span
    let isBeginning = name.count > 0 && name[name.count - 1] == UInt8(ascii: "*")
    let count = isBeginning ? name.count - 1 : name.count
    return nodes.contains { node in
      guard node.isString else { return false }
      // What is not written in plain ASCII may be another writing of the name.
      if node.hasEscapes { return true }
      let start = node.start + 1
      var place = 0
      while place < count, start + place < node.end - 1 {
        let byte = text[start + place]
        if byte >= 0x80 { return true }
        // Letters of either case have this bit once it is set, and no letter is taken for another.
        guard byte | 0x20 == name[place] | 0x20 else { return false }
        place += 1
      }
      if place == count { return isBeginning || start + place == node.end - 1 || text[start + place] >= 0x80 }
      return false
    }
  }
}

extension RequestPath {
  /// Whether a parameter's name is what a path asks for, case aside; a trailing `*` stands for any ending.
  fileprivate static func name(_ name: String, fits wanted: String) -> Bool {
    let name = name.lowercased()
    let wanted = wanted.lowercased()
    return wanted.hasSuffix("*") ? name.hasPrefix(wanted.dropLast()) : name == wanted
  }
}

extension JSONValue {
  /// The elements of a list, or the value itself; EC2's `{"items": […]}` and `{"tag": …, "content": …}` opened.
  fileprivate var opened: [JSONValue] {
    switch self {
    case .array(let elements): return elements.flatMap(\.opened)
    case .object(let members):
      if members.count == 1, let only = members.first, ["items", "item", "member"].contains(only.name) {
        return only.value.opened
      }
      if members.count == 2, self["tag"] != nil, let content = self["content"] { return content.opened }
      return [self]
    default: return [self]
    }
  }

  /// Whether the value says nothing: `null`, an empty string, list or object, or `false`.
  fileprivate var isVoid: Bool {
    switch self {
    case .null: true
    case .bool(let value): !value
    case .string(let text): text.isEmpty
    case .number: false
    case .array(let elements): elements.isEmpty
    case .object(let members): members.isEmpty
    }
  }
}

// The request parameters and response elements of an event, flattened so that rules can ask for them by name.
//
// CloudTrail writes the same parameter in many shapes: `instanceId`, `instancesSet.items[].instanceId`,
// `{"DescribeNatGatewaysRequest": {"NatGatewayId": {"tag": 1, "content": "nat-…"}}}`. The index takes the wrappers
// away: list containers (`items`, `item`, `member`) leave no trace in a path, `{"tag": …, "content": X}` is `X`, and
// a lone outermost `…Request`, `…Response` or `…Input` object is opened. Names are folded to lower-case letters and
// digits, so that `dBInstanceIdentifier` answers for `DBInstanceIdentifier`.

import CloudTrail
package import JSONStream

/// One scalar of a request or response.
package struct Parameter: Sendable, Hashable {
  /// The folded names from the outside in.
  package let path: [String]
  /// The positions in the lists on the way, outermost first.
  package let positions: [Int]
  /// The value as text, percent-decoded where it is an encoded ARN.
  package let value: String

  /// The folded name of the parameter itself.
  package var name: String { path.last ?? "" }
  /// How deep the parameter stands, 1 at the top.
  package var depth: Int { path.count }
}

/// The scalars of a JSON value by folded name.
package struct ParameterIndex: Sendable {
  /// More scalars than this are left out, which no rule needs: hostile requests may hold millions.
  package static let capacity = 4_096

  /// What stands deeper is left out too.
  static let deepest = 32

  /// All scalars, in document order.
  package private(set) var parameters: [Parameter] = []
  /// The name of each.
  private var names: [String] = []
  /// The places of the parameters of each name, where there are many parameters: few are searched one by one.
  private var byName: [String: [Int]] = [:]
  private static let few = 24

  /// Creates an index of nothing.
  ///
  /// - Parameter count: How many scalars will be there, about.
  init(expecting count: Int) {
    parameters.reserveCapacity(count)
    names.reserveCapacity(count)
  }

  /// Indexes a value.
  ///
  /// - Parameter root: The value of `requestParameters` or `responseElements`.
  package init(_ root: JSONValue) {
    var path: [String] = []
    var positions: [Int] = []
    visit(ParameterIndex.unwrapped(root), &path, &positions)
    indexNames()
  }

  /// Finds the parameters of each name, once all are there.
  mutating func indexNames() {
    guard parameters.count > ParameterIndex.few else { return }
    for (index, name) in names.enumerated() { byName[name, default: []].append(index) }
  }

  /// Adds a scalar that has a name.
  ///
  /// - Parameters:
  ///   - text: Its text.
  ///   - path: The folded names from the outside in.
  ///   - positions: The positions in the lists on the way.
  mutating func add(_ text: String, at path: [String], _ positions: [Int]) {
    guard let name = path.last else { return }
    names.append(name)
    parameters.append(Parameter(path: path, positions: positions, value: PercentEncoding.decodedARN(text)))
  }

  /// Whether there is nothing to find.
  package var isEmpty: Bool { parameters.isEmpty }

  /// Whether scalars may have been left out because there were too many.
  var isFull: Bool { parameters.count >= ParameterIndex.capacity }

  /// The scalars of a name, the shallowest only: a name that stands deeper as well means something else there.
  ///
  /// - Parameter name: The name, in any spelling.
  /// - Returns: The values found, none where there are none.
  package func values(named name: String) -> [Parameter] {
    if parameters.isEmpty { return [] }
    if parameters.count > ParameterIndex.few { return values(folded: ParameterIndex.folded(name), "") }
    return shallowest(names.indices) { names[$0].isFolded(name) }
  }

  /// The scalars of a name that is made of two parts, the shallowest only.
  ///
  /// - Parameters:
  ///   - stem: How the folded name begins.
  ///   - ending: How it ends.
  /// - Returns: The values found, none where there are none.
  func values(folded stem: String, _ ending: String) -> [Parameter] {
    if parameters.count > ParameterIndex.few {
      return shallowest(byName[stem + ending] ?? []) { _ in true }
    }
    // Most names are of another length.
    let length = stem.utf8.count + ending.utf8.count
    return shallowest(names.indices) {
      names[$0].utf8.count == length && names[$0].isMade(of: stem, ending)
    }
  }

  /// Of the scalars at some places that have the right name those at the least depth.
  @inline(__always)
  private func shallowest(_ places: some Collection<Int>, _ isWanted: (Int) -> Bool) -> [Parameter] {
    var found: [Parameter] = []
    var depth = Int.max
    for place in places where isWanted(place) {
      let own = parameters[place].depth
      if own > depth { continue }
      if own < depth { found.removeAll() }
      depth = own
      found.append(parameters[place])
    }
    return found
  }

  /// The first scalar of a name at the shallowest depth, or `nil`.
  ///
  /// - Parameter name: The name, in any spelling.
  /// - Returns: The value, or `nil`.
  package func value(named name: String) -> String? {
    values(named: name).first?.value
  }

  /// A name in lower-case letters and digits only.
  ///
  /// - Parameter name: The name as the record or a table spells it.
  /// - Returns: The folded name.
  package static func folded(_ name: some StringProtocol) -> String {
    let text = name.utf8
    if text.allSatisfy({ $0.folded == $0 }) { return String(name) }
    return unsafe String(unsafeUninitializedCapacity: text.count) { bytes in
      var end = 0
      for byte in text.lazy.compactMap(\.folded) {
        unsafe bytes[end] = byte
        end += 1
      }
      return end
    }
  }

  /// The value inside the wrappers that CloudTrail puts around whole requests.
  ///
  /// - Parameter root: The value of `requestParameters` or `responseElements`.
  /// - Returns: The value inside.
  package static func unwrapped(_ root: JSONValue) -> JSONValue {
    if let text = root.string, text.utf8.first(where: { $0 > 0x20 }) == UInt8(ascii: "{"),
      let parsed = try? JSONValue(parsing: text)
    {
      return unwrapped(parsed)
    }
    let members = root.members
    guard members.count == 1, let only = members.first, case .object = only.value else { return root }
    return isWrapper(only.name) ? only.value : root
  }

  /// Whether the value of a lone member of this name is the whole request or response.
  ///
  /// - Parameter name: The name.
  /// - Returns: Whether it is.
  static func isWrapper(_ name: String) -> Bool {
    ["Request", "Response", "Input", "Req"].contains { name.hasSuffix($0) }
  }

  /// Whether a list of this name leaves no trace in a path.
  ///
  /// - Parameter name: The folded name.
  /// - Returns: Whether it does not.
  static func isListContainer(_ name: String) -> Bool {
    // Most names are of another length.
    switch name.utf8.count {
    case 4: name == "item"
    case 5: name == "items" || name == "entry"
    case 6: name == "member"
    case 7: name == "members"
    default: false
    }
  }

  private mutating func visit(_ value: JSONValue, _ path: inout [String], _ positions: inout [Int]) {
    guard !isFull, path.count < ParameterIndex.deepest else { return }
    switch value {
    case .null: return
    case .string, .number, .bool:
      if let text = value.scalarText { add(text, at: path, positions) }
    case .array(let elements):
      for (position, element) in elements.enumerated() {
        positions.append(position)
        visit(element, &path, &positions)
        positions.removeLast()
      }
    case .object(let members):
      if let content = value["content"], value["tag"] != nil, members.count == 2 {
        visit(content, &path, &positions)
        return
      }
      for member in members {
        let name = ParameterIndex.folded(member.name)
        if !path.isEmpty, ParameterIndex.isListContainer(name) {
          visit(member.value, &path, &positions)
        } else {
          path.append(name)
          visit(member.value, &path, &positions)
          path.removeLast()
        }
      }
    }
  }
}

extension String {
  /// Whether the text is another one in lower-case letters and digits only.
  fileprivate func isFolded(_ name: String) -> Bool {
    let (text, name) = (utf8.span, name.utf8.span)
    guard text.count <= name.count else { return false }
    var matched = 0
    for place in 0..<name.count {
      guard let byte = name[place].folded else { continue }
      guard matched < text.count, text[matched] == byte else { return false }
      matched += 1
    }
    return matched == text.count
  }

  /// Whether the text is that of two others, one behind the other, by bytes; it has as many as they have.
  fileprivate func isMade(of stem: String, _ ending: String) -> Bool {
    let (text, stem, ending) = (utf8.span, stem.utf8.span, ending.utf8.span)
    // From the end, where names differ most.
    var place = text.count - 1
    while place >= stem.count {
      if text[place] != ending[place - stem.count] { return false }
      place -= 1
    }
    while place >= 0 {
      if text[place] != stem[place] { return false }
      place -= 1
    }
    return true
  }
}

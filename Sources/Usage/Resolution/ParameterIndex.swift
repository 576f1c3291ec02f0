// The request parameters and response elements of an event, flattened so that rules can ask for them by name.
//
// CloudTrail writes the same parameter in many shapes: `instanceId`, `instancesSet.items[].instanceId`,
// `{"DescribeNatGatewaysRequest": {"NatGatewayId": {"tag": 1, "content": "nat-…"}}}`. The index takes the wrappers
// away: list containers (`items`, `item`, `member`) leave no trace in a path, `{"tag": …, "content": X}` is `X`, and
// a lone outermost `…Request`, `…Response` or `…Input` object is opened. Names are folded to lower-case letters and
// digits, so that `dBInstanceIdentifier` answers for `DBInstanceIdentifier`.

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

  /// All scalars, in document order.
  package private(set) var parameters: [Parameter] = []
  /// The name of each.
  private var names: [String] = []
  /// The places of the parameters of each name, where there are many parameters: few are searched one by one.
  private var byName: [String: [Int]] = [:]
  private static let few = 24

  /// Indexes a value.
  ///
  /// - Parameter root: The value of `requestParameters` or `responseElements`.
  package init(_ root: JSONValue) {
    var path: [String] = []
    var positions: [Int] = []
    visit(ParameterIndex.unwrapped(root), &path, &positions)
    if parameters.count > ParameterIndex.few {
      for (index, name) in names.enumerated() { byName[name, default: []].append(index) }
    }
  }

  /// Whether there is nothing to find.
  package var isEmpty: Bool { parameters.isEmpty }

  /// The scalars of a name, the shallowest only: a name that stands deeper as well means something else there.
  ///
  /// - Parameter name: The name, in any spelling.
  /// - Returns: The values found, none where there are none.
  package func values(named name: String) -> [Parameter] {
    parameters.isEmpty ? [] : values(folded: ParameterIndex.folded(name), "")
  }

  /// The scalars of a name that is made of two parts, the shallowest only.
  ///
  /// - Parameters:
  ///   - stem: How the folded name begins.
  ///   - ending: How it ends.
  /// - Returns: The values found, none where there are none.
  func values(folded stem: String, _ ending: String) -> [Parameter] {
    var found: [Parameter] = []
    func add(_ index: Int) {
      let depth = parameters[index].depth
      if let first = found.first, first.depth != depth {
        if first.depth < depth { return }
        found.removeAll()
      }
      found.append(parameters[index])
    }
    if parameters.count > ParameterIndex.few {
      byName[stem + ending]?.forEach(add)
    } else {
      // Most names are of another length.
      let length = stem.utf8.count + ending.utf8.count
      for index in names.indices
      where names[index].utf8.count == length && names[index].isMade(of: stem, ending) { add(index) }
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
    if text.allSatisfy({ $0 &- UInt8(ascii: "a") < 26 || $0 &- UInt8(ascii: "0") < 10 }) {
      return String(name)
    }
    return unsafe String(unsafeUninitializedCapacity: text.count) { bytes in
      var end = 0
      for byte in text {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
          unsafe bytes[end] = byte
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): unsafe bytes[end] = byte | 0x20
        default: continue
        }
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
    let name = only.name
    let isWrapper = ["Request", "Response", "Input", "Req"].contains { name.hasSuffix($0) }
    return isWrapper ? only.value : root
  }

  private static let listContainers: Set<String> = ["items", "item", "member", "members", "entry"]

  private mutating func visit(_ value: JSONValue, _ path: inout [String], _ positions: inout [Int]) {
    guard parameters.count < ParameterIndex.capacity, path.count < 32 else { return }
    switch value {
    case .null: return
    case .string, .number, .bool:
      guard let name = path.last, let text = value.scalarText else { return }
      names.append(name)
      parameters.append(
        Parameter(path: path, positions: positions, value: PercentEncoding.decodedARN(text)))
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
        if !path.isEmpty, ParameterIndex.listContainers.contains(name) {
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

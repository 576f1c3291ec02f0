// Parts of a record that most consumers never look at.

package import JSONStream
import Synchronization

/// A JSON value that is decoded when it is first asked for.
///
/// A class, so that copies of an event share what was decoded; locked, because copies may be on several threads.
final class LazyJSON: Sendable {
  /// An absent part; shared, so that absence costs nothing.
  static let null = LazyJSON(.null)

  private enum State {
    case text([UInt8], [JSONTape.Node], wasRead: Bool)
    case value(JSONValue)
  }

  /// A value that was decoded from the beginning: threads that share one, as they share absence, do not wait for each
  /// other.
  private let given: JSONValue?
  private let state: Mutex<State>

  /// Wraps a decoded value.
  init(_ value: JSONValue) {
    given = value
    state = Mutex(.value(value))
  }

  /// Keeps a value of a record as it stands.
  ///
  /// - Parameters:
  ///   - record: The record.
  ///   - index: The index of the value.
  init(_ record: RecordText, at index: Int) {
    given = nil
    state = Mutex(
      .text(
        record.bytes(of: index), unsafe JSONTape.nodes(ofPart: index, of: record.nodes), wasRead: false))
  }

  /// Whether the value was ever asked for, or was never a text.
  var wasRead: Bool {
    state.withLock { state in
      switch state {
      case .text(_, _, let wasRead): wasRead
      case .value: true
      }
    }
  }

  /// The value as it is at hand: as it is written, where that is an object that was not decoded yet.
  var part: JSONPart {
    if let given { return .value(given) }
    return state.withLock { state in
      if case .text(let text, let nodes, _) = state, nodes[0].kind == .object {
        state = .text(text, nodes, wasRead: true)
        return .written(text, nodes)
      }
      return .value(LazyJSON.decode(&state))
    }
  }

  /// The value; some writers put parameters as JSON into a string, which is taken off.
  var value: JSONValue { given ?? state.withLock { LazyJSON.decode(&$0) } }

  private static func decode(_ state: inout State) -> JSONValue {
    switch state {
    case .value(let value): return value
    case .text(let text, let nodes, _):
      let value = decode(text, nodes)
      state = .value(value)
      return value
    }
  }

  private static func decode(_ text: [UInt8], _ nodes: [JSONTape.Node]) -> JSONValue {
    let value = JSONValue(JSONTape(nodes), at: 0, text.span)
    if case .string(let inner) = value, let first = inner.utf8.first(where: { !$0.isJSONWhitespace }),
      first == UInt8(ascii: "{"), let object = try? JSONValue(parsing: inner)
    {
      return object
    }
    return value
  }
}

/// A part of a record for those who need no decoded value of it.
package enum JSONPart: Sendable {
  /// An object as it is written, and its nodes.
  case written([UInt8], [JSONTape.Node])
  /// Any value.
  case value(JSONValue)
}

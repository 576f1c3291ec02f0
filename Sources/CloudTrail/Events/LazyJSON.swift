// Parts of a record that most consumers never look at.

import JSONStream
import Synchronization

/// A JSON value that is decoded when it is first asked for.
///
/// A class, so that copies of an event share what was decoded; locked, because copies may be on several threads.
final class LazyJSON: Sendable {
  /// An absent part; shared, so that absence costs nothing.
  static let null = LazyJSON(.null)

  private enum State {
    case text([UInt8], [JSONTape.Node])
    case value(JSONValue)
  }

  private let state: Mutex<State>

  /// Wraps a decoded value.
  init(_ value: JSONValue) { state = Mutex(.value(value)) }

  /// Keeps a value of a record as it stands.
  ///
  /// - Parameters:
  ///   - record: The record.
  ///   - index: The index of the value.
  init(_ record: RecordText, at index: Int) {
    state = Mutex(
      .text(record.bytes(of: index), unsafe JSONTape.nodes(ofPart: index, of: record.nodes)))
  }

  /// Whether the value was ever asked for, or was never a text.
  var wasRead: Bool {
    state.withLock { state in
      if case .value = state { return true }
      return false
    }
  }

  /// The value; some writers put parameters as JSON into a string, which is taken off.
  var value: JSONValue {
    state.withLock { state in
      switch state {
      case .value(let value): return value
      case .text(let text, let nodes):
        let value = LazyJSON.decode(text, nodes)
        state = .value(value)
        return value
      }
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

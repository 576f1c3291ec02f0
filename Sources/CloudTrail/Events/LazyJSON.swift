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
    case text([UInt8])
    case value(JSONValue)
  }

  private let state: Mutex<State>

  /// Wraps a decoded value.
  init(_ value: JSONValue) { state = Mutex(.value(value)) }

  /// Keeps a text that is known to be one JSON value.
  ///
  /// - Parameter text: The value's text.
  init(text: [UInt8]) { state = Mutex(.text(text)) }

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
      case .text(let text):
        let value = LazyJSON.decode(text)
        state = .value(value)
        return value
      }
    }
  }

  private static func decode(_ text: [UInt8]) -> JSONValue {
    var tape = JSONTape(depthLimit: eventDepthLimit, depthPolicy: .opaque)
    do throws(JSONError) {
      try tape.parse(text.span)
    } catch {
      // The text was part of a record that has been checked.
      return .null
    }
    let value = JSONValue(tape, at: 0, text.span)
    if case .string(let inner) = value, let first = inner.utf8.first(where: { !$0.isJSONWhitespace }),
      first == UInt8(ascii: "{"), let object = try? JSONValue(parsing: inner)
    {
      return object
    }
    return value
  }
}

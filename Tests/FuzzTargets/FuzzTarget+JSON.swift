// The JSON scanner: tape and framer.

import JSONStream
import TestSupport

extension FuzzTarget {
  /// One JSON text: the automaton and the reference parser read the same, and what is written is read again.
  static let json = FuzzTarget("json") { input in
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: input)
    } catch {
      if error.offset > input.count { return "an error lies behind the text" }
      if error.code == .nestingTooDeep || error.code == .tooLong { return nil }
      return ReferenceJSON.parse(input) == nil ? nil : "refused, and the reference parser reads it"
    }
    if ReferenceJSON.parse(input) != value { return "read otherwise than by the reference parser" }
    for isPretty in [false, true] {
      var writer = JSONWriter(pretty: isPretty)
      writer.write(value)
      if (try? JSONValue(parsing: writer.bytes)) != value { return "written text reads as another value" }
    }
    return nil
  }

  /// A stream of JSON values: neither records nor damage depend on how the stream is cut.
  static let framer = FuzzTarget("framer") { input in
    guard let first = input.first else { return nil }
    let stream = Array(input.dropFirst())
    let limit = 1 << (4 + first % 8)
    let whole = steps(of: [stream], limit: limit)
    let size = 1 + Int(first >> 3)
    let pieces = stride(from: 0, to: stream.count, by: size).map {
      Array(stream[$0..<min($0 + size, stream.count)])
    }
    return steps(of: pieces, limit: limit) == whole ? nil : "cuts of \(size) bytes change what is found"
  }

  private enum Found: Hashable {
    case record([UInt8], Envelope?)
    case damage(JSONFramer.Damage)
  }

  private static func steps(of chunks: [[UInt8]], limit: Int) -> [Found] {
    var framer = JSONFramer(recordLimit: limit, depthLimit: 16)
    var window: [UInt8] = []
    var found: [Found] = []
    for (place, chunk) in (chunks + [[]]).enumerated() {
      let used = framer.keptFrom
      window.removeFirst(used)
      framer.drop(used)
      window += chunk
      reading: while true {
        switch framer.next(window.span, isFinal: place == chunks.count) {
        case .record(let range, let envelope): found.append(.record(Array(window[range]), envelope))
        case .damage(let damage): found.append(.damage(damage))
        case .needMore, .end: break reading
        }
      }
    }
    return found
  }
}

// Where a scan's events go.

package import JSONStream

/// A fold over events: what a scan of logs computes.
///
/// A scan makes one consumer for each thread, feeds them different events in no particular order and merges them.
/// So that results depend on the events alone, `merge` must be associative and commutative, and consuming must
/// commute with merging.
public protocol EventConsumer: Sendable {
  /// Takes in one event; duplicates have been removed, and `event.kind.isEvent` holds.
  ///
  /// - Parameter event: The event.
  mutating func consume(_ event: CloudTrailEvent)

  /// Takes in one event that has not been decoded yet.
  ///
  /// A consumer that knows what it would make of the event saves the work of decoding it; whatever it does must be what
  /// `consume(_:)` does.
  ///
  /// - Parameters:
  ///   - event: The event, good for this call.
  ///   - decode: Decodes it.
  mutating func consume(_ event: EventView, decode: () -> CloudTrailEvent)

  /// Looks at events that are taken in next, each unless it is a duplicate, before the first of them is.
  ///
  /// A consumer that waits for memory can ask for all that the events need before any of them needs it.
  ///
  /// - Parameter events: The events, good for this call.
  mutating func expect(_ events: EventBatch)

  /// Takes in a JSON document that is no event and that no reader knows.
  ///
  /// A consumer can read its own formats by this (a ledger among logs). The members named in `Envelope` never reach
  /// it if they hold arrays.
  ///
  /// - Parameter document: The document.
  /// - Returns: Whether the document was of use; otherwise it is counted as unrecognized.
  mutating func consume(document: JSONDocument) -> Bool

  /// Does what is to be done when a thread has read all its events, before its consumer is merged with others.
  mutating func finish()

  /// Takes in what another consumer has taken in.
  ///
  /// - Parameter other: The other consumer.
  mutating func merge(_ other: Self)
}

extension EventConsumer {
  /// Decodes the event and takes it in.
  ///
  /// - Parameters:
  ///   - event: The event, good for this call.
  ///   - decode: Decodes it.
  public mutating func consume(_ event: EventView, decode: () -> CloudTrailEvent) { consume(decode()) }

  /// Does nothing.
  ///
  /// - Parameter events: The events.
  public mutating func expect(_ events: EventBatch) {}

  /// Does nothing.
  public mutating func finish() {}

  /// Takes in nothing.
  ///
  /// - Parameter document: The document.
  /// - Returns: `false`.
  public mutating func consume(document: JSONDocument) -> Bool { false }
}

/// Events that wait for their turn; they are good for the call that they are passed to, and must not be kept.
@safe public struct EventBatch {
  private let first: UnsafePointer<HeldEvent>
  /// How many there are.
  package let count: Int
  /// Strings of earlier events; the reader keeps them longer than any batch.
  private unowned(unsafe) let strings: StringCache

  /// Wraps events.
  ///
  /// - Parameters:
  ///   - first: The first event; the others stand behind it.
  ///   - count: How many there are.
  ///   - strings: Strings of earlier events.
  init(_ first: UnsafePointer<HeldEvent>, count: Int, _ strings: StringCache) {
    unsafe self.first = first
    self.count = count
    unsafe self.strings = strings
  }

  /// An event.
  ///
  /// - Parameter number: Its number, from 0.
  package subscript(number: Int) -> EventView {
    precondition((0..<count).contains(number))
    return unsafe EventView(first + number, number, strings)
  }
}

/// A JSON document of no form that carries events.
public struct JSONDocument: Sendable {
  /// The document, decoded.
  package let value: JSONValue
}

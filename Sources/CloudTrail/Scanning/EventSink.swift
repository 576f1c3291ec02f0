// A consumer whose type the readers need not know.

/// Where a reader puts what it has read: a base class, so that one call reaches a consumer of any type.
///
/// Each reader has its own and stays on one thread.
class EventSink {
  /// Takes in one event that has not been decoded yet.
  ///
  /// - Parameters:
  ///   - event: The event, good for this call.
  ///   - decode: Decodes it.
  func take(_ event: EventView, decode: () -> CloudTrailEvent) {}

  /// Looks at events that are taken in next.
  ///
  /// - Parameter events: The events, good for this call.
  func expect(_ events: EventBatch) {}

  /// Takes in a JSON document that is no event and that no reader knows.
  ///
  /// - Parameter document: The document.
  /// - Returns: Whether it was of use.
  func take(_ document: JSONDocument) -> Bool { false }
}

/// A consumer as a sink.
@safe final class ConsumerSink<Consumer: EventConsumer>: EventSink {
  /// The consumer, with all that it was given.
  ///
  /// Behind a pointer, because each access to what a class holds is tested against others, and no event leads to a
  /// second one: consumers do not know their sinks.
  private let consumer: UnsafeMutablePointer<Consumer>
  private var hasConsumer = true

  /// Wraps a consumer.
  ///
  /// - Parameter consumer: The consumer.
  init(_ consumer: consuming Consumer) {
    unsafe self.consumer = .allocate(capacity: 1)
    unsafe self.consumer.initialize(to: consumer)
  }

  deinit {
    if hasConsumer { unsafe consumer.deinitialize(count: 1) }
    unsafe consumer.deallocate()
  }

  override func take(_ event: EventView, decode: () -> CloudTrailEvent) {
    unsafe consumer.pointee.consume(event, decode: decode)
  }

  override func expect(_ events: EventBatch) { unsafe consumer.pointee.expect(events) }

  override func take(_ document: JSONDocument) -> Bool { unsafe consumer.pointee.consume(document: document) }

  /// Tells the consumer that all was read, and gives it away.
  ///
  /// - Returns: The consumer, owned by nobody else; the sink takes in nothing from now on.
  func finish() -> Consumer {
    precondition(hasConsumer)
    unsafe consumer.pointee.finish()
    hasConsumer = false
    return unsafe consumer.move()
  }
}

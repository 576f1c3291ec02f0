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
final class ConsumerSink<Consumer: EventConsumer>: EventSink {
  /// The consumer, with all that it was given.
  var consumer: Consumer

  /// Wraps a consumer.
  ///
  /// - Parameter consumer: The consumer.
  init(_ consumer: Consumer) { self.consumer = consumer }

  override func take(_ event: EventView, decode: () -> CloudTrailEvent) {
    consumer.consume(event, decode: decode)
  }

  override func expect(_ events: EventBatch) { consumer.expect(events) }

  override func take(_ document: JSONDocument) -> Bool { consumer.consume(document: document) }
}

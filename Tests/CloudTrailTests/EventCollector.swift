// A consumer for tests: keeps what the truth files tell of events.

import CloudTrail
import IAM

/// Counts events as `truth.json` does.
struct EventCollector: EventConsumer {
  struct Call: Hashable {
    let principal: String
    let source: String
    let name: String
  }

  var events: [CloudTrailEvent] = []
  var documents = 0

  mutating func consume(_ event: CloudTrailEvent) { events.append(event) }

  mutating func consume(document: JSONDocument) -> Bool {
    documents += 1
    return false
  }

  mutating func merge(_ other: EventCollector) {
    events += other.events
    documents += other.documents
  }

  var calls: [Call: Int] {
    events.reduce(into: [:]) { counts, event in
      let call = Call(
        principal: Principal(event).identifier, source: event.eventSource ?? "None",
        name: event.eventName ?? "None")
      counts[call, default: 0] += 1
    }
  }

  var principals: [String: Int] {
    events.reduce(into: [:]) { $0[Principal($1).identifier, default: 0] += 1 }
  }
}

// What is looked at of an event before its large parts are.

import CloudTrail
import JSONStream

/// Which parts an event has, and what in them may tell something however deep it stands; found once for an event.
struct EventOutline {
  /// Which parts it has, one bit each.
  let presence: UInt64
  /// The key of what may tell something in the request.
  let request: JSONDigest
  /// The key of what may tell something in the response.
  let response: JSONDigest

  /// Looks at an event.
  ///
  /// - Parameter event: The event.
  init(_ event: EventView) {
    var presence: UInt64 = event.has(.sourceIPAddress) ? 8 : 0
    if event.has(.additionalEventData) { presence |= 4 }
    if event.has(.requestParameters) {
      presence |= 1
      request = event.traces(in: .requestParameters, of: ActionResolver.tellingNames)
    } else {
      request = .empty
    }
    if event.has(.responseElements) {
      presence |= 2
      response = event.traces(in: .responseElements, of: .none)
    } else {
      response = .empty
    }
    self.presence = presence
  }
}

// Members of machine formats, written in one line each.

import CloudTrail
import IAM
import JSONStream

extension JSONWriter {
  /// Writes a member whose value is a string or `null`.
  mutating func member(_ name: String, _ text: String?) {
    self.name(name)
    write(text)
  }

  /// Writes a member whose value is an integer.
  mutating func member(_ name: String, _ number: Int) {
    self.name(name)
    write(number)
  }

  /// Writes a member whose value is a boolean.
  mutating func member(_ name: String, _ value: Bool) {
    self.name(name)
    write(value)
  }

  /// Writes a member whose value is a boolean or `null`.
  mutating func member(_ name: String, optional value: Bool?) {
    self.name(name)
    if let value { write(value) } else { writeNull() }
  }

  /// Writes a member whose value is a time such as `2026-11-20T12:34:56Z`, or `null`.
  mutating func member(_ name: String, _ time: Timestamp?) { member(name, time?.description) }

  /// Writes a member whose value is an array of strings.
  mutating func member(_ name: String, _ list: [String]) {
    self.name(name)
    write(list)
  }

  /// Writes a member whose value is an array of objects, one for each element.
  mutating func member<Element>(
    _ name: String, _ list: some Sequence<Element>, _ members: (inout JSONWriter, Element) -> Void
  ) {
    self.name(name)
    beginArray()
    for element in list {
      beginObject()
      members(&self, element)
      endObject()
    }
    endArray()
  }

  /// Writes a member whose value is an object.
  mutating func member(_ name: String, object members: (inout JSONWriter) -> Void) {
    self.name(name)
    beginObject()
    members(&self)
    endObject()
  }

  /// Writes a member whose value is a policy document.
  mutating func member(_ name: String, _ document: PolicyDocument) {
    self.name(name)
    document.write(to: &self)
  }
}

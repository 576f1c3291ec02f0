// The members of `userIdentity`, found in one pass.

import JSONStream

/// Where the parts of one identity stand in a tape; `nil` where the record has none.
struct IdentityFields {
  var type, principalID, arn, accountID, accessKeyID, userName, invokedBy, identityProvider: Int?
  var onBehalfOfUserID, sourceIdentity, mfaAuthenticated: Int?
  var issuerType, issuerARN, issuerAccountID, issuerUserName: Int?

  /// Finds the parts; the last of several duplicates wins.
  ///
  /// - Parameters:
  ///   - tape: The tape.
  ///   - index: The index of the identity.
  ///   - bytes: The text of the tape.
  init(_ tape: JSONTape, at index: Int, _ bytes: Span<UInt8>) {
    IdentityFields.forEachMember(of: tape, index) { name, value in
      // Names differ by their lengths but for two pairs.
      func has(_ text: StaticString) -> Bool { tape.isString(name, text, bytes) }
      if has("type") {
        type = value
      } else if has("arn") {
        arn = value
      } else if has("principalId") {
        principalID = value
      } else if has("accountId") {
        accountID = value
      } else if has("accessKeyId") {
        accessKeyID = value
      } else if has("userName") {
        userName = value
      } else if has("invokedBy") {
        invokedBy = value
      } else if has("identityProvider") {
        identityProvider = value
      } else if has("onBehalfOf") {
        onBehalfOfUserID = tape.value(of: "userId", in: value, bytes)
      } else if has("sessionContext") {
        readContext(tape, value, bytes)
      }
    }
  }

  private mutating func readContext(_ tape: JSONTape, _ index: Int, _ bytes: Span<UInt8>) {
    IdentityFields.forEachMember(of: tape, index) { name, value in
      func has(_ text: StaticString) -> Bool { tape.isString(name, text, bytes) }
      if has("sessionIssuer") {
        IdentityFields.forEachMember(of: tape, value) { name, value in
          if tape.isString(name, "arn", bytes) {
            issuerARN = value
          } else if tape.isString(name, "type", bytes) {
            issuerType = value
          } else if tape.isString(name, "accountId", bytes) {
            issuerAccountID = value
          } else if tape.isString(name, "userName", bytes) {
            issuerUserName = value
          }
        }
      } else if has("attributes") {
        mfaAuthenticated = tape.value(of: "mfaAuthenticated", in: value, bytes)
      } else if has("sourceIdentity") {
        sourceIdentity = value
      }
    }
  }

  /// Calls a function with the indices of each member's name and value.
  private static func forEachMember(of tape: JSONTape, _ index: Int, _ body: (Int, Int) -> Void) {
    guard tape[index].kind == .object else { return }
    var name = index + 1
    let end = tape[index].next
    while name < end {
      body(name, name + 1)
      name = tape[name + 1].next
    }
  }

  /// The digest of what decides the principal: sessions of one issuer are alike.
  ///
  /// - Parameters:
  ///   - tape: The tape.
  ///   - bytes: The text of the tape.
  /// - Returns: The digest.
  func digest(_ tape: JSONTape, _ bytes: Span<UInt8>) -> EventDigest {
    var digest = EventDigest.empty
    func add(_ index: Int?, _ tag: UInt64) {
      guard let index, !tape.isAbsent(index) else { return }
      digest.add(EventDigest(tape, at: index, bytes).tagged(tag))
    }
    add(type, 1)
    add(invokedBy, 2)
    if let issuerARN, !tape.isAbsent(issuerARN) {
      add(issuerARN, 3)
      return digest
    }
    add(arn, 4)
    add(accountID, 5)
    add(principalID, 6)
    add(userName, 7)
    add(identityProvider, 8)
    add(onBehalfOfUserID, 9)
    return digest
  }
}

// Who made a call, as far as sessions of one caller differ.
//
// A trail has tens of thousands of sessions, most of which differ from others by the session's name and its access key
// alone. What is kept of them is bounded, so that most of these texts are compared with a few others and dropped: they are
// looked at as bytes where they stand.

package import JSONStream

/// What tells the sessions of one caller apart, or names the people behind them.
package enum SessionText: Sendable {
  /// The ARN of the caller.
  case arn
  /// The access key id that signed the call.
  case accessKeyID
  /// The source identity set on the session.
  case sourceIdentity
  /// The Identity Center user behind the call.
  case onBehalfOfUserID
  /// The name of the session issuer.
  case sessionIssuerUserName
}

/// An identity whose texts can be looked at, whether it was decoded or not.
package protocol SessionTexts {
  /// Calls a function with the bytes of a text, if the identity has it.
  ///
  /// - Parameters:
  ///   - text: Which text.
  ///   - body: The function.
  func withText(_ text: SessionText, _ body: (Span<UInt8>) -> Void)
}

extension UserIdentity: SessionTexts {
  package func withText(_ text: SessionText, _ body: (Span<UInt8>) -> Void) {
    let text =
      switch text {
      case .arn: arn
      case .accessKeyID: accessKeyID
      case .sourceIdentity: sourceIdentity
      case .onBehalfOfUserID: onBehalfOfUserID
      case .sessionIssuerUserName: sessionIssuerUserName
      }
    if let text { body(text.utf8.span) }
  }
}

/// The identity of an event that was not decoded; it is good for as long as the event is.
@safe package struct IdentityView: SessionTexts {
  private let record: RecordText
  /// Where its parts stand; `nil` for an event without one.
  private let fields: IdentityFields?
  /// Strings of earlier events; the reader keeps them longer than any view.
  private unowned(unsafe) let strings: StringCache

  /// Looks at an identity.
  ///
  /// - Parameters:
  ///   - record: The record.
  ///   - fields: Where its parts stand, if it has one.
  ///   - strings: Strings of earlier events.
  init(_ record: RecordText, _ fields: IdentityFields?, _ strings: StringCache) {
    self.record = record
    self.fields = fields
    unsafe self.strings = strings
  }

  /// The identity, decoded: what decoding the event gives.
  package var decoded: UserIdentity {
    fields.map { unsafe UserIdentity(record, $0, strings) } ?? UserIdentity()
  }

  /// A key of who made the call that all sessions of one caller share.
  ///
  /// Two events of one key have identities that are alike in all that ``UserIdentity`` holds but these:
  ///
  /// - `accessKeyID`;
  /// - of an `arn` of the form `…:assumed-role/ROLE/SESSION`, what stands behind the slash before SESSION;
  /// - of their `principalID`, what stands behind its first colon.
  ///
  /// The last two are left out only where they are made of letters that session names may have, so whether there is a
  /// session, the role, the partition and the account are part of the key, and so are the source identity, the
  /// Identity Center user and whether MFA was used. Members that ``UserIdentity`` does not hold, such as the session's
  /// creation date, are no part of it. Identities that are alike but written in two ways may have different keys.
  package var callerKey: JSONDigest { fields?.callerKey(record) ?? .empty }

  package func withText(_ text: SessionText, _ body: (Span<UInt8>) -> Void) {
    let field: IdentityField =
      switch text {
      case .arn: .arn
      case .accessKeyID: .accessKeyID
      case .sourceIdentity: .sourceIdentity
      case .onBehalfOfUserID: .onBehalfOfUserID
      case .sessionIssuerUserName: .issuerUserName
      }
    record.withText(at: fields?[field], body)
  }
}

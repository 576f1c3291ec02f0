// One API call as the rules see it: the event, with what every rule asks for worked out once.

import CloudTrail
import IAM
import JSONStream

/// One API call.
///
/// A class, because what its parts hold is worked out when a rule first asks: most calls are resolved without a look at
/// their parameters, and what was not looked at decides nothing (`CloudTrailEvent.partsRead`).
final class Call {
  /// The event.
  let event: CloudTrailEvent
  /// The request parameters.
  lazy var request = ParameterIndex(event.requestPart)
  /// The response elements.
  lazy var response = ParameterIndex(event.responsePart)
  /// The request as it stands, its outermost wrapper removed.
  lazy var requestValue = ParameterIndex.unwrapped(event.requestParameters)
  /// What the record's error message states of a refusal.
  lazy var denial = event.errorMessage.flatMap(DenialMessage.init)
  /// The well-formed ARNs that the record lists in `resources[]`.
  let listed: [ARN]
  /// Partition, region and account of the call.
  let place: Place
  /// The account of the caller, where the record tells.
  let callerAccount: String?

  /// Reads an event.
  ///
  /// - Parameter event: The event.
  init(_ event: CloudTrailEvent) {
    self.event = event
    listed = event.resources.compactMap { resource in
      resource.arn.flatMap { WellFormed.arn(PercentEncoding.decodedARN($0)) }
    }
    let identity = event.userIdentity
    callerAccount =
      [identity.accountID, identity.sessionIssuerAccountID].lazy.compactMap { $0 }
      .first(where: WellFormed.isAccount)
      ?? identity.arn.flatMap { ARN($0)?.account }.flatMap { WellFormed.isAccount($0) ? $0 : nil }
    let account = event.recipientAccountID.flatMap { WellFormed.isAccount($0) ? $0 : nil } ?? callerAccount
    let region = event.awsRegion.flatMap { WellFormed.isRegion($0) ? $0 : nil }
    place = Place(partition: Call.partition(event, region: region), region: region, account: account)
  }

  /// The partition that the caller's ARN names, else that of the region.
  private static func partition(_ event: CloudTrailEvent, region: String?) -> String {
    for text in [event.userIdentity.sessionIssuerARN, event.userIdentity.arn] {
      if let arn = text.flatMap({ ARN($0) }), WellFormed.isPartition(arn.partition) { return arn.partition }
    }
    let region = region ?? ""
    return region.hasPrefix("cn-") ? "aws-cn" : region.hasPrefix("us-gov-") ? "aws-us-gov" : "aws"
  }

  /// The service that made the call on the principal's behalf, where the record names one (SEMANTICS §2.4).
  ///
  /// `AWS Internal` is the console and says nothing of a service.
  var calledVia: String? {
    let candidates = [event.userIdentity.invokedBy, event.sourceIPAddress]
    return candidates.lazy.compactMap { $0 }.first { service in
      service.hasSuffix(".amazonaws.com") && !service.hasByte(UInt8(ascii: " "))
    }
  }
}

/// Checks of text from records before any of it gets into a policy.
enum WellFormed {
  /// Whether a text is an account id.
  ///
  /// - Parameter text: The text.
  /// - Returns: Whether it is one.
  static func isAccount(_ text: String) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  /// Whether a text may be a region; no list of regions is kept.
  ///
  /// - Parameter text: The text.
  /// - Returns: Whether it may be one.
  static func isRegion(_ text: String) -> Bool {
    (1...32).contains(text.utf8.count) && text.utf8.allSatisfy(isLabel)
  }

  /// Whether a text is a partition.
  ///
  /// - Parameter text: The text.
  /// - Returns: Whether it is one.
  static func isPartition(_ text: String) -> Bool {
    text.hasPrefix("aws") && text.utf8.count <= 16 && text.utf8.allSatisfy(isLabel)
  }

  private static func isLabel(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
  }

  /// An ARN whose segments could stand in a policy, or `nil`.
  ///
  /// - Parameter text: The text.
  /// - Returns: The ARN, or `nil`.
  static func arn(_ text: String) -> ARN? {
    guard text.utf8.count <= 2_048, let arn = ARN(text), isPartition(arn.partition),
      arn.service.utf8.allSatisfy(isLabel), arn.region.isEmpty || isRegion(arn.region),
      arn.account.isEmpty || arn.account == "aws" || isAccount(arn.account), isValue(arn.resource)
    else { return nil }
    return arn
  }

  /// Whether a parameter's value can name a resource: not empty, no control characters, not a redaction.
  ///
  /// - Parameter text: The value.
  /// - Returns: Whether it can.
  static func isValue(_ text: String) -> Bool {
    guard (1...2_048).contains(text.utf8.count), !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
    else {
      return false
    }
    if text == "HIDDEN_DUE_TO_SECURITY_REASONS" || text == "-" { return false }
    return text.utf8.contains { $0 != UInt8(ascii: "*") && $0 != UInt8(ascii: ".") }
  }
}

// Turns recorded uses into the requests that they were.

import CloudTrail
import IAM
import Usage

/// Makes the requests of one principal's uses.
struct RequestMaker {
  private let caller: RequestPrincipal
  /// What is known of every request of the principal.
  private let context: RequestContext
  /// The last action: uses stand in order of theirs.
  private var last = (text: "", action: ActionName(service: "", name: ""))

  /// Prepares a principal.
  ///
  /// - Parameter principal: Whose permissions were used.
  init(_ principal: Principal) {
    let arn = ARN(principal.identifier)
    let account = arn?.account ?? principal.account
    var context: RequestContext = ["aws:PrincipalArn": .single(principal.identifier)]
    if let account { context["aws:PrincipalAccount"] = .single(account) }
    if principal.kind == .user {
      context["aws:PrincipalType"] = .single("User")
      if let name = arn?.resource.split(separator: "/").last {
        context["aws:username"] = .single(String(name))
      }
    } else {
      context["aws:PrincipalType"] = .single("AssumedRole")
    }
    self.context = context
    caller = RequestPrincipal(
      kind: principal.kind == .user ? .user : .role, arn: principal.identifier, account: account)
  }

  /// The request that a use was.
  ///
  /// The resource is taken as the caller's own account's: what another account has to allow beside is not in the
  /// caller's identity policies.
  ///
  /// - Parameter use: The use.
  /// - Returns: The request, with the condition keys that the log proves.
  mutating func request(for use: RecordedUse) -> AccessRequest {
    if !last.text.sameBytes(as: use.action) {
      last = (use.action, ActionName(use.action) ?? ActionName(service: "", name: use.action))
    }
    var context = context
    for (key, values) in use.facts.observedContext {
      // A key with several values over the calls is no single request's; one with none was absent at times.
      guard !values.overflowed, values.elements.count == 1, let value = values.elements.first, !value.isEmpty
      else { continue }
      if key.text == "aws:SourceIp", !Self.isSentByCaller(use, from: value) { continue }
      context[key.text] = .single(value)
    }
    if use.facts.regions.elements.count == 1, !use.facts.regions.overflowed {
      context["aws:RequestedRegion"] = .single(use.facts.regions.elements[0])
    }
    for pair in use.context {
      context[pair.key] = pair.key == "aws:CalledVia" ? .multiple([pair.value]) : .single(pair.value)
    }
    return AccessRequest(
      principal: caller, action: last.action,
      resource: RequestResource(
        arn: use.recorded == "*" ? nil : ResourceNotation.unescaped(use.recorded), account: caller.account),
      context: context)
  }

  private static let viaService = ByteString("aws:ViaAWSService")
  private static let endpoint = ByteString("aws:SourceVpce")

  /// Whether every call of a use had an address in its request: a real one, not through an endpoint nor by a service.
  private static func isSentByCaller(_ use: RecordedUse, from address: String) -> Bool {
    let observed = use.facts.observedContext
    guard use.facts.via.isEmpty, observed[viaService] == nil else { return false }
    return observed[endpoint]?.elements.allSatisfy(\.isEmpty) ?? true && IPNetwork(address) != nil
  }
}

// Representatives of the callers that policies tell apart.

/// Callers worth trying: every principal that a policy names, its sessions, its neighbours, and strangers.
enum PrincipalCandidates {
  /// The account of callers that no policy names.
  static let stranger = "999999999999"
  /// The account of callers where any will do.
  static let account = "111122223333"

  /// The user in whose name requests are made where the caller does not matter.
  ///
  /// - Parameter account: The user's account.
  /// - Returns: The caller.
  static func user(in account: String) -> RequestPrincipal {
    RequestPrincipal(kind: .user, arn: "arn:aws:iam::\(account):user/example", account: account)
  }

  /// One caller of each class that `Principal` and `NotPrincipal` elements can tell apart.
  ///
  /// `PrincipalTest` compares a caller's ARN, the name of the user or role behind a session, the account, and names of
  /// services and identity providers; what is named nowhere is all alike. A user's federated sessions count as the user
  /// unless a policy names them.
  ///
  /// - Parameter sets: The principals of all statements.
  /// - Returns: The callers; strangers first, so that witnesses do not look more special than they are.
  static func all(naming sets: [PrincipalSet]) -> [RequestPrincipal] {
    var callers: [RequestPrincipal] = []
    var seen: Set<RequestPrincipal> = []
    func add(_ kind: RequestPrincipal.Kind, _ arn: String?, _ account: String?) {
      let caller = RequestPrincipal(kind: kind, arn: arn, account: account)
      if seen.insert(caller).inserted { callers.append(caller) }
    }
    func addAccount(_ account: String, partition: String) {
      add(.role, "arn:\(partition):iam::\(account):role/example", account)
      add(.user, "arn:\(partition):iam::\(account):user/example", account)
      add(.assumedRole, "arn:\(partition):sts::\(account):assumed-role/example/example", account)
      add(.federatedUser, "arn:\(partition):sts::\(account):federated-user/example", account)
      add(.root, "arn:\(partition):iam::\(account):root", account)
    }
    addAccount(stranger, partition: "aws")
    add(.anonymous, nil, nil)
    add(.service, "example.amazonaws.com", nil)
    add(.other, "example.com", nil)
    for set in sets {
      guard case .typed(let types) = set else { continue }
      for principals in types {
        for value in principals.values where value != "*" {
          switch principals.type {
          case "AWS": addNamed(value, addAccount: addAccount, add: add)
          case "Service": add(.service, value, nil)
          default: add(.other, value, ARN(value)?.account)
          }
        }
      }
    }
    return callers
  }

  private static func addNamed(
    _ value: String, addAccount: (String, String) -> Void,
    add: (RequestPrincipal.Kind, String?, String?) -> Void
  ) {
    guard let arn = ARN(value) else {
      if value.utf8.count == 12 { addAccount(value, "aws") }
      return
    }
    addAccount(arn.account, arn.partition)
    let path = arn.resource.split(separator: "/", omittingEmptySubsequences: false)
    let session = "arn:\(arn.partition):sts::\(arn.account):"
    guard let type = path.first, let name = path.last else { return }
    switch type {
    case "user": add(.user, value, arn.account)
    case "role":
      add(.role, value, arn.account)
      add(.assumedRole, session + "assumed-role/\(name)/example", arn.account)
    case "assumed-role":
      add(.assumedRole, value, arn.account)
      if path.count > 1 { add(.assumedRole, session + "assumed-role/\(path[1])/example", arn.account) }
    case "federated-user": add(.federatedUser, value, arn.account)
    case "root": break
    default: add(.other, value, arn.account)
    }
  }
}

// Replays recorded use against policies, wherever they come from: what would break?

public import AWSCatalog
public import CloudTrail
import IAM
public import Usage

/// Checks policies on disk against a ledger, by the code that checks every proposal.
public struct PolicyCheck: Sendable {
  /// What policies are held to.
  public enum Strictness: Hashable, Sendable {
    /// They allow every recorded use, and IAM accepts them.
    case complete
    /// Besides, nothing can be taken out of them; for policies that Whittle wrote from the same logs.
    case minimal
  }

  /// The organisation whose service control policies limit what the policies allow; `nil` where none is known.
  public var organization: Organization?

  /// What is granted today; where given, policies may allow nothing beyond it, and a use that it allows under conditions
  /// on what logs do not tell has to be allowed under the same; `nil` where none is known.
  public var grants: AccountGrants?

  private let records: UsesByPrincipal
  private let places: [Principal: Int]
  private let catalog: Catalog

  /// Prepares a ledger.
  ///
  /// - Parameters:
  ///   - ledger: The recorded use.
  ///   - catalog: The AWS reference.
  public init(_ ledger: UsageLedger, catalog: Catalog = .embedded) {
    records = PrincipalUses.all(of: ledger)
    places = Dictionary(
      records.principals.enumerated().filter(\.element.canCarryPolicy).map { ($0.element, $0.offset) }
    ) { first, _ in first }
    self.catalog = catalog
  }

  /// The principals of the ledger that can carry a policy and used something, sorted.
  public var principals: [Principal] {
    places.filter { records.hasPermittedUse($0.value) }.keys.sorted()
  }

  /// Checks the policies of one principal.
  ///
  /// - Parameters:
  ///   - policies: All its policies.
  ///   - principal: The principal.
  ///   - strictness: What they are held to.
  ///   - exempt: Uses that they need not allow, as a proposal lists them in `notGranted`.
  ///   - includeDenied: Whether they have to allow refused attempts too.
  ///   - attachmentLimit: How many policies may be attached.
  /// - Returns: The outcome; complete where the ledger does not have the principal.
  public func check(
    _ policies: [NamedPolicy], of principal: Principal, strictness: Strictness = .complete,
    exempt: [UngrantedUse] = [], includeDenied: Bool = false, attachmentLimit: Int = 20
  ) -> Verification {
    struct Use: Hashable {
      var action: String
      var resource: String
    }
    let left = Set(exempt.map { Use(action: $0.action, resource: $0.resource) })
    let uses = (places[principal].map { records[$0].uses } ?? []).filter { use in
      !left.contains(Use(action: use.action, resource: use.resource))
        && (use.wasPermitted || includeDenied && use.facts.denied.count > 0)
    }
    var verification = PolicyVerifier(catalog: catalog).verify(
      PolicyVerifier.Subject(
        policies: policies, principal: principal, uses: uses,
        grant: grants?.grant(of: principal, catalog: catalog), attachmentLimit: attachmentLimit,
        controls: ARN(principal.identifier).flatMap { organization?.controls(of: $0.account) }))
    if strictness == .complete {
      verification.failures.removeAll { $0.kind == .notMinimal }
      verification.minimal = true
    }
    return verification
  }
}

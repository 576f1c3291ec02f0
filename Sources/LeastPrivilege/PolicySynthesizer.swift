// Writes the smallest policies that cover the recorded use of each principal.
//
//   ledger ──▶ uses to grant ──▶ permissions ──▶ statements ──▶ policies ──▶ verification
//              (not: denied,      (generalised,   (grouped by    (packed,
//               not in the grant)  narrowed to     equal sets)    named)
//                                  the grant)
//
// Each step is a pure function; the verification shares no code with any of them (`PolicyVerifier`).

public import AWSCatalog
import CloudTrail
import IAM
public import Usage

/// Writes policies from recorded use.
public struct PolicySynthesizer: Sendable {
  /// What the user chose.
  public let options: SynthesisOptions
  /// The AWS reference.
  public let catalog: Catalog

  /// Creates a synthesiser.
  ///
  /// - Parameters:
  ///   - options: What the user chose.
  ///   - catalog: The AWS reference.
  public init(options: SynthesisOptions = SynthesisOptions(), catalog: Catalog = .embedded) {
    self.options = options
    self.catalog = catalog
  }

  /// Proposes policies for every principal of a ledger that can carry one.
  ///
  /// A principal with nothing but refused attempts gets a proposal without policies that lists them.
  ///
  /// - Parameters:
  ///   - ledger: The recorded use.
  ///   - grants: What is granted today; where given, nothing outside of it is proposed, and nothing at all for
  ///     principals that their account no longer has. Principals that the grants do not describe are treated
  ///     as if no grants were given, and their ``PrincipalProposal/standing`` says so.
  ///   - jobs: How many threads work; the proposals are the same for any number.
  /// - Returns: One proposal a principal, sorted by principal.
  public func proposals(
    for ledger: UsageLedger, grants: AccountGrants? = nil, jobs: Int = 1
  ) -> [PrincipalProposal] {
    let uses = PrincipalUses.all(of: ledger)
    var names = PolicyNames()
    let wanted = uses.principals.enumerated().filter(\.element.canCarryPolicy).map { index, principal in
      (index: index, baseName: names.baseName(for: principal))
    }
    // The largest first, so that no thread is left with one when the others have ended.
    let order = wanted.indices.sorted { uses.count(at: wanted[$0].index) > uses.count(at: wanted[$1].index) }
    let found = order.map(jobs: jobs) { place in
      let (index, baseName) = wanted[place]
      return proposal(
        for: uses[index], standing: standing(of: uses.principals[index], in: grants), baseName: baseName)
    }
    return zip(order, found).sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// What the grants say of a principal.
  private func standing(
    of principal: Principal, in grants: AccountGrants?
  ) -> (PrincipalProposal.Standing, PrincipalGrant?) {
    guard let grants else { return (.notAsked, nil) }
    if let grant = grants.grant(of: principal, catalog: catalog) { return (.granted, grant) }
    // Whoever is gone is granted nothing.
    let identity = GrantedIdentity(
      kind: principal.kind == .user ? .user : .role, arn: principal.identifier, name: principal.resourceName)
    guard grants.listsAll(identity.kind, of: identity.account) else { return (.notDescribed, nil) }
    return (
      .gone,
      PrincipalGrant(identity: identity, matchedByName: false, policies: [], boundary: nil, missing: [])
    )
  }

  /// Proposes the policies of one principal.
  private func proposal(
    for record: PrincipalUses, standing: (PrincipalProposal.Standing, PrincipalGrant?), baseName: String
  ) -> PrincipalProposal {
    let (standing, grant) = standing
    let selection = UseSelection(record, options: options, grant: grant, isGone: standing == .gone)
    let naming = StatementNaming(catalog: catalog)
    let grouping = StatementGrouping(selection.permissions, naming: naming)
    let attached = grant?.identity.attachedPolicies.count ?? 0
    let room = max(0, options.attachmentLimit - (options.keepsAttached ? attached : 0))
    // Without any room nothing is gained by wider statements.
    let fitter = QuotaFitter(
      options: options, limit: room == 0 ? options.attachmentLimit : room, catalog: catalog,
      naming: naming)
    var fitted = fitter.fit(grouping.drafts + selection.carriedDenies) {
      grouping.transposed() + selection.carriedDenies
    }
    let toGrant = record.uses.enumerated().filter { index, use in
      !selection.notGrantedKeys.contains(index)
        && (use.wasPermitted || options.includeDenied && use.facts.denied.count > 0)
    }.map(\.element)
    let ways = UseWays(of: toGrant, by: record.principal, grant: grant)
    func prove() -> (PolicyVerifier.Subject, Verification) {
      let subject = PolicyVerifier.Subject(
        policies: name(fitted.policies, baseName: baseName, uses: record.uses), principal: record.principal,
        uses: toGrant, grant: grant, maximumSize: options.maximumSize, attachmentLimit: room)
      return (subject, PolicyVerifier(catalog: catalog).verify(subject, ways))
    }
    var (subject, verification) = prove()
    if verification.failures.contains(where: { $0.kind == .notMinimal }) {
      fitted = fitter.pruned(fitted, selection.permissions, record.uses)
      (subject, verification) = prove()
    }
    let policies = subject.policies
    return PrincipalProposal(
      principal: record.principal, standing: standing, policies: policies,
      packing: Packing(
        policies: policies.count, lowerBound: fitted.lowerBound, statementBound: fitted.statementBound,
        attachmentLimit: options.attachmentLimit, alreadyAttached: attached,
        keepsAttached: options.keepsAttached,
        detachments: options.keepsAttached
          ? [] : AttachmentPlan(subject, ways, limit: options.attachmentLimit).detachments),
      verification: verification, unresolvedResources: selection.unresolvedResources,
      notGranted: selection.notGranted, denied: options.includeDenied ? [] : record.deniedAttempts)
  }

  /// Turns packed statements into policies with names, final statement ids and evidence.
  private func name(
    _ packed: [[StatementDraft]], baseName: String, uses: [RecordedUse]
  ) -> [NamedPolicy] {
    packed.enumerated().map { index, drafts in
      let document = PolicyDocument(statements: drafts.map(\.statement))
      return NamedPolicy(
        name: packed.count == 1 ? baseName : "\(baseName)-\(index + 1)", document: document,
        size: document.managedPolicySize,
        evidence: drafts.map { StatementEvidence(of: $0, uses: uses) })
    }
  }
}

/// Gives each principal a base name for its policies, unique in its account.
struct PolicyNames {
  private var taken: Set<String> = []

  /// The base name for a principal's policies.
  ///
  /// IAM keeps policy names unique in an account without regard to case, and users and roles may share a name; so
  /// the name says which of the two it is for.
  ///
  /// - Parameter principal: A user or role.
  /// - Returns: At most 112 characters of IAM's set, which leaves room for a number.
  mutating func baseName(for principal: Principal) -> String {
    let allowed = principal.resourceName.unicodeScalars.map { scalar -> Character in
      let isAllowed =
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(Character(scalar)))
        || "+=,.@-_".unicodeScalars.contains(scalar)
      return isAllowed ? Character(scalar) : "_"
    }
    let stem = "whittle-\(principal.kind == .user ? "user" : "role")-" + String(allowed.prefix(90))
    let account = ARN(principal.identifier)?.account ?? ""
    var name = stem
    var number = 2
    while !taken.insert("\(account)/\(name.lowercased())").inserted {
      name = "\(stem)-x\(number)"
      number += 1
    }
    return name
  }
}

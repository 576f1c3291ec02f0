// How long it takes to write the policies of a large account, with every promise proved.

import LeastPrivilege
import Usage

extension Scenario {
  /// An account of 5,000 roles with 200 uses each, about whose grants nothing is known.
  static let proposeForLargeAccount = Scenario(
    "propose", summary: "policies of 5,000 roles with 200 uses each, proofs and all, two threads",
    unit: "role",
    prepare: {
      var account = SyntheticUse(seed: 6)
      let ledger = account.ledger(roles: 5_000, uses: 200)
      return { proposals(for: ledger, grants: nil) }
    })

  /// The same account with the grants that it has.
  static let proposeWithinGrants = Scenario(
    "propose-granted", summary: "the same within the roles' grants, which allow far more", unit: "role",
    prepare: {
      var account = SyntheticUse(seed: 6)
      let ledger = account.ledger(roles: 5_000, uses: 200)
      let grants = try account.grants(roles: 5_000)
      return { proposals(for: ledger, grants: grants) }
    })

  private static func proposals(for ledger: UsageLedger, grants: AccountGrants?) -> Round {
    let proposals = PolicySynthesizer().proposals(for: ledger, grants: grants, jobs: 2)
    let proved = proposals.count { $0.verification.holds && $0.verification.noNewAccess != false }
    return Round(units: proved == proposals.count ? proved : 0)
  }
}
